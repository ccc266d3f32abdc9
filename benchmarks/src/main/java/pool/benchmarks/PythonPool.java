package pool.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Python's {@code multiprocessing.Pool}, in a process of Python's that is asked line by line. */
final class PythonPool implements AutoCloseable {

  private final Path script;
  private final Process process;
  private final Writer in;
  private final BufferedReader out;

  private PythonPool(Path script) throws IOException {
    this.script = script;
    this.process =
        new ProcessBuilder("python3", script.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    this.in = process.outputWriter(StandardCharsets.US_ASCII);
    this.out = process.inputReader(StandardCharsets.US_ASCII);
  }

  static PythonPool open() throws IOException {
    Path script = Files.createTempFile("processes", ".py");
    try (InputStream source = PythonPool.class.getResourceAsStream("processes.py")) {
      if (source == null) {
        throw new IllegalStateException("processes.py is not beside this class");
      }
      long _ = Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
      return new PythonPool(script);
    } catch (IOException | RuntimeException e) {
      Files.delete(script);
      throw e;
    }
  }

  /** Does jobs in one of the ways that the script knows; returns the sum of their results. */
  long ask(String what, int jobs) {
    try {
      in.write(what + " " + jobs + "\n");
      in.flush();
      String sum = out.readLine();
      if (sum == null) {
        throw new IllegalStateException("python3 has ended");
      }
      return Long.parseLong(sum);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    in.close(); // its end
    try {
      int _ = process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.delete(script);
  }
}
