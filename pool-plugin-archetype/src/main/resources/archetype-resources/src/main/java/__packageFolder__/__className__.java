package ${javaPackage};

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Opens workers that append lines to a file of their own. */
public final class ${className} implements WorkerFactory<String, Integer> {

  /** Where the files are. */
  public static final Option<Path> FOLDER =
      Option.optional("folder", Path::of, Path.of("."), "where each worker has its file");

  /** For {@link java.util.ServiceLoader}. */
  public ${className}() {}

  @Override
  public String name() {
    return "${pluginName}";
  }

  @Override
  public Class<String> jobType() {
    return String.class;
  }

  @Override
  public Class<Integer> resultType() {
    return Integer.class;
  }

  @Override
  public String description() {
    return "appends each line to a file of its worker";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(FOLDER);
  }

  /** On the worker's own thread, as everything that the worker does. */
  @Override
  public Worker<String, Integer> open(WorkerContext context) throws IOException {
    Path file = context.get(FOLDER).resolve(context.workerName() + ".txt");
    return new Appender(
        context.own( // it is closed after the worker, also when the rest of this method throws
            Files.newBufferedWriter(
                file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)));
  }

  private record Appender(Writer file) implements Worker<String, Integer> {

    /** Returns how many characters the line has; they are in the file when it returns. */
    @Override
    public Integer run(String line) throws IOException {
      if (line.contains("\n")) {
        throw new IllegalArgumentException("a line must not contain a line break, but was: " + line);
      }
      file.write(line + "\n");
      file.flush();
      return line.length();
    }
  }
}
