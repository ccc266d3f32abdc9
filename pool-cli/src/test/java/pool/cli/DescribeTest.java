package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** What {@code pool describe} tells of a factory. */
class DescribeTest {

  /** Found through the services file that the test writes. */
  public static final class Described implements WorkerFactory<String, Integer> {

    /** For {@link java.util.ServiceLoader}. */
    public Described() {}

    @Override
    public String name() {
      return "described";
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
    public List<Option<?>> options() {
      return List.of(
          Option.required("port", Integer::valueOf, "of the server")
              .requiring(port -> port > 0, "must be more than 0")
              .requiring(port -> port < 65_536, "must be less than 65536"),
          Option.optional("password", text -> text, "hunter2", "of the user").secret(),
          Option.required("token", text -> text, "of the other side")
              .secret()
              .requiring(token -> token.length() > 7, "must have 8 characters or more"),
          Option.duration("timeout", "for an answer"),
          Option.duration("pause", Duration.ofSeconds(1), "between two")
              .requiring(Duration::isPositive, "must be more than 0"),
          Option.optional("folder", Path::of, Path.of("there"), "for files"),
          Option.optional("unit", TimeUnit::valueOf, TimeUnit.DAYS, "of times"),
          Option.optional("names", Set::of, Set.of(), "of whom"),
          Option.integer("depth", "of the tree").orAbsent());
    }

    @Override
    public Worker<String, Integer> open(WorkerContext context) {
      return String::length;
    }
  }

  @TempDir Path folder;

  @Test
  void typesRulesAndSecrecyAreShown() throws Exception {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(WorkerFactory.class.getName()), Described.class.getName());
    StringWriter out = new StringWriter();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (var loader = new java.net.URLClassLoader(new java.net.URL[] {folder.toUri().toURL()})) {
      thread.setContextClassLoader(loader);
      int status =
          Main.commandLine().setOut(new PrintWriter(out, true)).execute("describe", "described");
      assertEquals(0, status);
    } finally {
      thread.setContextClassLoader(before);
    }
    List<String> lines = out.toString().lines().map(String::strip).toList();
    assertTrue(lines.contains("job        java.lang.String"), lines::toString);
    assertTrue(lines.contains("result     java.lang.Integer"), lines::toString);
    String units =
        List.of(TimeUnit.values()).stream().map(Enum::name).collect(Collectors.joining(", "));
    assertEquals(
        List.of(
            "port           of the server (required; must be more than 0; must be less than 65536)",
            "password       of the user (String; has a default; secret)",
            "token          of the other side (required; must have 8 characters or more; secret)",
            "timeout        for an answer (Duration; required)",
            "pause          between two (Duration; default PT1S; must be more than 0)",
            "folder         for files (Path; default there)",
            "unit           of times (one of " + units + "; default DAYS)",
            "names          of whom (Set; default [])",
            "depth          of the tree (Integer; may be left out)"),
        lines.subList(lines.indexOf("options") + 1, lines.size()));
  }
}
