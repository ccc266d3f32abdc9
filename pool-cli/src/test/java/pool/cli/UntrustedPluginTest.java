package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** A plugin whose every text is hostile, in a process of its own. */
@Timeout(60)
class UntrustedPluginTest {

  private static final String HOSTILE = "evil\u001b[31m\n\r\u0007\u202e\u2028\ud800";

  @TempDir Path folder;

  /** Found through the services file that the tests write. */
  public static final class Evil implements WorkerFactory<String, Object> {

    /** For {@link java.util.ServiceLoader}. */
    public Evil() {}

    @Override
    public String name() {
      return "evil" + (Boolean.getBoolean("plain") ? "" : HOSTILE);
    }

    @Override
    public Class<String> jobType() {
      return String.class;
    }

    @Override
    public Class<Object> resultType() {
      return Object.class;
    }

    @Override
    public String description() {
      return HOSTILE;
    }

    @Override
    public List<Option<?>> options() {
      return List.of(Option.optional(HOSTILE, text -> text, HOSTILE, HOSTILE));
    }

    @Override
    @SuppressWarnings("SystemOut")
    public Worker<String, Object> open(WorkerContext context) {
      context.own(() -> {
        throw new IllegalStateException(HOSTILE);
      });
      return job -> {
        System.out.println("printed " + HOSTILE);
        LoggerFactory.getLogger("evil").warn("logged {}", HOSTILE, new Exception(HOSTILE));
        return switch (job) {
          case "throw" -> throw new IllegalStateException(HOSTILE);
          case "break" -> throw new StackOverflowError(HOSTILE);
          default -> Map.of(HOSTILE, List.of(HOSTILE, Double.NaN));
        };
      };
    }
  }

  private record Ended(int status, List<String> out, List<String> err) {}

  private Ended run(String input, String... args) throws Exception {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(services.resolve(WorkerFactory.class.getName()), Evil.class.getName());
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dplain=" + args[0].equals("run"),
                "-cp",
                folder + File.pathSeparator + System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(args));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try (Writer in = process.outputWriter()) {
      in.write(input);
    }
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    return new Ended(process.exitValue(), Files.readAllLines(out), Files.readAllLines(err));
  }

  private static void assertPlain(List<String> lines) {
    for (String line : lines) {
      String text = line.startsWith("\t") ? line.substring(1) : line; // of a stack trace
      assertTrue(text.codePoints().allMatch(Printable::isPlain), () -> Printable.line(line));
    }
  }

  @Test
  void listAndDescribeShowEachTextOnItsLine() throws Exception {
    Ended list = run("", "list");
    assertEquals(0, list.status(), list::toString);
    assertEquals(1, list.out().stream().filter(line -> line.startsWith("evil")).count());
    assertEquals(Image.FACTORIES + 1, list.out().size(), list::toString);
    assertPlain(list.out());
    Ended describe = run("", "describe", "evilevil");
    assertEquals(2, describe.status());
    assertEquals(1, describe.err().size(), describe::toString);
    assertPlain(describe.err());
  }

  @Test
  void whatAPluginPrintsLogsThrowsAndReturnsStaysInItsPlace() throws Exception {
    Ended ended = run("do\nthrow\nbreak\n", "run", "evil", "--workers", "1", "--keep-going");
    assertEquals(1, ended.status(), ended::toString);
    assertPlain(ended.out());
    assertEquals(3, ended.out().size(), ended::toString);
    List<Map<String, Object>> outcomes = ended.out().stream().map(Json::object).toList();
    String whole = HOSTILE.replace('\ud800', '\ufffd'); // what is no character
    assertEquals(Map.of(whole, List.of(whole, "NaN")), outcomes.getFirst().get("result"));
    assertEquals(whole, outcomes.get(1).get("reason"));
    assertEquals(whole, outcomes.get(2).get("reason"));
    assertPlain(ended.err());
    assertEquals(3, ended.err().stream().filter(line -> line.startsWith("printed evil")).count());
    assertEquals(3, ended.err().stream().filter(line -> line.contains("logged evil")).count());
    assertTrue(
        ended.err().stream().anyMatch(line -> line.matches("pool: evil-0 failed to close: .*")),
        ended::toString);
  }
}
