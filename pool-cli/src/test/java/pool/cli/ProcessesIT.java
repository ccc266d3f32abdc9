package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.cli.Image.Ended;

/** {@code pool run --processes}, with a plugin of a directory. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // reads may block
class ProcessesIT {

  private static final Pattern PID = Pattern.compile("\"result\":\"(\\d+) (\\w+)\"");

  private static final String SOURCE =
      """
      package hostile;

      import pool.api.*;

      public class Factory implements WorkerFactory<String, String> {
        public String name() { return "pids"; }
        public Class<String> jobType() { return String.class; }
        public Class<String> resultType() { return String.class; }
        public Worker<String, String> open(WorkerContext context) {
          return job -> {
            if (job.equals("halt")) { Runtime.getRuntime().halt(7); }
            while (job.equals("hang")) { }
            return ProcessHandle.current().pid() + " VERSION";
          };
        }
      }
      """;

  @TempDir Path folder;

  private Process process;
  private BufferedReader out;

  @BeforeEach
  void start() throws Exception {
    put("one");
    process =
        new Image(folder)
            .start(
                "run",
                "pids",
                "--processes",
                "--heap",
                "32m",
                "--plugins",
                "plugins",
                "--workers",
                "1",
                "--keep-going",
                "--report",
                "report.html",
                "--job-timeout",
                "2s");
    out = process.inputReader();
  }

  @AfterEach
  void end() {
    process.destroyForcibly();
  }

  private void put(String version) throws Exception {
    SourcePlugin.pack(
        Files.createDirectories(folder.resolve("plugins")), SOURCE.replace("VERSION", version));
  }

  private String ask(String line) throws Exception {
    Writer in = process.outputWriter();
    in.write(line + "\n");
    in.flush();
    return out.readLine();
  }

  /** The process of the worker, and the version of the plugin in it. */
  private Matcher pid() throws Exception {
    String outcome = ask("pid");
    Matcher matcher = PID.matcher(outcome);
    assertTrue(matcher.find(), outcome);
    return matcher;
  }

  @Test
  void aProcessThatDiesOrHangsCostsOneLineAndIsCounted() throws Exception {
    String first = pid().group(1);
    assertEquals(1, ProcessHandle.of(Long.parseLong(first)).stream().count());
    String halted = ask("halt");
    assertTrue(halted.contains("\"outcome\":\"failed\""), halted);
    assertTrue(halted.contains("ended with status 7"), halted);
    String second = pid().group(1);
    assertNotEquals(first, second);
    String hung = ask("hang");
    assertTrue(hung.contains("the job ran longer than jobTimeout"), hung);
    assertNotEquals(second, pid().group(1));
    process.outputWriter().close();
    Ended ended = new Image(folder).end(process);
    assertEquals(1, ended.status(), ended::toString);
    String counts = "processes: 3 started, 1 died, 1 killed";
    assertEquals(1, ended.count("^" + counts + "$"), ended::toString);
    String report = Files.readString(folder.resolve("report.html"));
    assertTrue(report.contains(counts), report);
  }

  @Test
  void sigusr1ReplacesTheProcessesByThoseOfTheNewPlugin() throws Exception {
    String first = pid().group(1);
    put("two");
    Image.signal(process, "USR1");
    Matcher next = pid();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (next.group(2).equals("one") && System.nanoTime() < deadline) {
      Thread.sleep(20);
      next = pid();
    }
    assertEquals("two", next.group(2));
    assertNotEquals(first, next.group(1));
    process.outputWriter().close();
    Ended ended = new Image(folder).end(process);
    assertEquals(0, ended.status(), ended::toString);
    assertEquals(1, ended.count("^processes: 2 started, 0 died, 0 killed$"), ended::toString);
  }

  /** Ctrl-C reaches all processes of a terminal. */
  @Test
  void aProcessLeavesCtrlCToItsParentAndEndsWithItWhateverEndsThat() throws Exception {
    String first = pid().group(1);
    ProcessHandle child = ProcessHandle.of(Long.parseLong(first)).orElseThrow();
    String[] interrupt = {"kill", "-INT", first};
    assertEquals(0, new ProcessBuilder(interrupt).inheritIO().start().waitFor());
    assertEquals(first, pid().group(1));
    process.destroyForcibly();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
    while (runs(child)) { // onExit looks only every two seconds at others' children
      assertTrue(System.nanoTime() < deadline, "it is there two seconds later");
      Thread.sleep(5);
    }
  }

  /** One that has ended may be in the process table until the system's first process sees to it. */
  private static boolean runs(ProcessHandle child) {
    try {
      String state = Files.readString(Path.of("/proc/" + child.pid() + "/stat"));
      return !state.substring(state.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException e) {
      return child.isAlive();
    }
  }
}
