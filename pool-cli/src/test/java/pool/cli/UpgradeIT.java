package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.cli.Image.Ended;

/** A plugin that is replaced on disk while a run goes on. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // reads may block
class UpgradeIT {

  private static final String SOURCE =
      """
      package hostile;

      import java.util.*;
      import pool.api.*;

      public class Factory implements WorkerFactory<String, String> {
        public String name() { return "versioned"; }
        public Class<String> jobType() { return String.class; }
        public Class<String> resultType() { return String.class; }
        public List<Option<?>> options() {
          return List.of(Option.string("suffix", "of each result"));
        }
        public String read(String line) { return line + " read by VERSION"; }
        public Worker<String, String> open(WorkerContext context) throws Exception {
          if ("VERSION".equals("bad")) { throw new Exception("cannot open " + "VERSION"); }
          String suffix = context.options().get("suffix");
          return job -> job + ", done by VERSION" + suffix;
        }
      }
      """;

  @TempDir Path folder;

  private Process process;

  @BeforeEach
  void start() throws Exception {
    put("one");
    process =
        new Image(folder)
            .start("run", "versioned", "--plugins", "plugins", "--workers", "2", "-o", "suffix=!");
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  /** In one step, as whoever deploys should. */
  private void put(String version) throws Exception {
    Path packed = Files.createDirectories(folder.resolve("packed"));
    SourcePlugin.pack(packed, SOURCE.replace("VERSION", version));
    Files.move(
        packed.resolve("hostile.jar"),
        Files.createDirectories(folder.resolve("plugins")).resolve("hostile.jar"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  private String ask(BufferedReader out, String line) throws Exception {
    Writer in = process.outputWriter();
    in.write(line + "\n");
    in.flush();
    return out.readLine();
  }

  private void upgrade(String said) throws Exception {
    Image.signal(process, "USR1");
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!Files.readString(folder.resolve("err")).contains(said)) {
      assertTrue(System.nanoTime() < deadline, () -> "never said: " + said);
      Thread.sleep(20);
    }
  }

  @Test
  void sigusr1ReplacesTheWorkersUnderLoadAndABadVersionChangesNothing() throws Exception {
    BufferedReader out = process.inputReader();
    String first = ask(out, "a");
    assertTrue(first.contains("a read by one, done by one!"), first);
    put("two");
    upgrade("pool: replaced 2 workers of 'versioned'");
    String second = ask(out, "b");
    assertTrue(second.contains("b read by two, done by two!"), second);
    put("bad");
    upgrade("pool: replaced 0 workers of 'versioned', but 2 are left: cannot open bad");
    String third = ask(out, "c");
    assertTrue(third.contains("c read by two, done by two!"), third);
    Files.delete(folder.resolve("plugins/hostile.jar"));
    upgrade("pool: the workers are not replaced: no factory is named 'versioned'");
    process.outputWriter().close();
    Ended ended = new Image(folder).end(process);
    assertEquals(0, ended.status(), ended::toString);
    assertEquals(1, ended.count("^finished: 3 succeeded, 0 failed in"), ended::toString);
  }
}
