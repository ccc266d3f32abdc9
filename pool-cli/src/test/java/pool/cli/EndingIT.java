package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pool.cli.Image.Ended;

/** Signals at every stage, and plugins that exit, hang or use up the memory. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD) // reads may block
class EndingIT {

  private static final int TERM = 128 + 15;
  private static final int HUP = 128 + 1;

  @TempDir static Path plugins;

  @TempDir Path folder;

  private Image pool;
  private final List<Process> started = new ArrayList<>();

  @BeforeAll
  static void pack() throws Exception {
    SourcePlugin.pack(plugins, Hostile.SOURCE);
  }

  @BeforeEach
  void plugin() throws Exception {
    pool = new Image(folder);
    Files.createSymbolicLink(folder.resolve("plugins"), plugins);
  }

  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  private Process start(String... more) throws Exception {
    return start(pool, more);
  }

  private Process start(Image image, String... more) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("run", "hostile", "--plugins", "plugins", "--workers", "2"));
    command.addAll(List.of(more));
    Process process = image.start(command.toArray(String[]::new));
    started.add(process);
    return process;
  }

  /** The input stays open. */
  private static void write(Process process, String... lines) throws Exception {
    Writer in = process.outputWriter();
    in.write(String.join("\n", lines) + "\n");
    in.flush();
  }

  private void awaitErr(String part) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!Files.readString(folder.resolve("err")).contains(part)) {
      assertTrue(System.nanoTime() < deadline, () -> "never said: " + part);
      Thread.sleep(20);
    }
  }

  private static void awaitEnd(Process process, int seconds, String why) throws Exception {
    assertTrue(process.waitFor(seconds, TimeUnit.SECONDS), why);
  }

  // Signals

  @Test
  void sighupFinishesWhatWasReadAsSigtermDoes() throws Exception {
    Process process = start();
    assumeFalse(Image.isIn("SigIgn", process, 1), "this build runs with SIGHUP ignored");
    write(process, "1", "2", "3");
    BufferedReader out = process.inputReader();
    for (int i = 0; i < 3; i++) {
      assertTrue(out.readLine().contains("succeeded"));
    }
    Image.signal(process, "HUP");
    Ended ended = pool.end(process);
    assertEquals(HUP, ended.status(), ended::toString);
    assertEquals(1, ended.count("^finished: 3 succeeded, 0 failed in"), ended::toString);
    assertEquals("pool: stopped by a signal before the end of the input", ended.err().getLast());
  }

  @Test
  void underNohupSighupIsIgnored() throws Exception {
    Process process =
        new ProcessBuilder("nohup", Image.POOL.toString(), "run", "note", "--workers", "1")
            .directory(folder.toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    started.add(process);
    write(process, "1");
    BufferedReader out = process.inputReader();
    assertTrue(out.readLine().contains("succeeded"));
    Image.signal(process, "HUP");
    write(process, "2");
    assertTrue(out.readLine().contains("succeeded"));
    process.outputWriter().close();
    assertEquals(0, pool.end(process).status());
  }

  @ParameterizedTest
  @ValueSource(strings = {"hang", "wait"})
  void aSignalWhileWorkersOpenEndsThat(String how) throws Exception {
    Process process = start("-o", "at=" + how);
    awaitErr("opening");
    Image.signal(process, "TERM");
    awaitEnd(process, how.equals("wait") ? 5 : 15, "the opening went on");
    Ended ended = pool.end(process);
    assertEquals(TERM, ended.status(), ended::toString);
    assertEquals(
        1,
        ended.count("^pool: stopped by a signal while workers opened; no line was read"),
        ended::toString);
    assertEquals(List.of(), ended.out());
  }

  @Test
  void anOpeningThatTakesTooLongSaysWhereAndWhatThePluginSays() throws Exception {
    Process process = start("-o", "at=wait");
    awaitErr("opening");
    Ended ended = pool.end(process);
    assertEquals(1, ended.status());
    assertEquals(
        1,
        ended.count("^pool: .*openTimeout.*hostile.*the lock of shop.db is held by somebody"),
        ended::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--input", "--output", "--trace", "--report"})
  void aSignalBeforeTheFilesAreOpenEndsTheCommand(String option) throws Exception {
    assertEquals(
        0, new ProcessBuilder("mkfifo", folder.resolve("fifo").toString()).start().waitFor());
    Process process = start(option, "fifo"); // which waits for its other end
    awaitThread(process, "SIGTERM");
    Image.signal(process, "TERM");
    awaitEnd(process, 10, "it still waits");
    Ended ended = pool.end(process);
    assertEquals(TERM, ended.status(), ended::toString);
    assertEquals(1, ended.count("^pool: stopped by a signal"));
  }

  /** Until the JVM catches it: before that, it ends the process in the usual way. */
  private static void awaitThread(Process process, String signal) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    Path command = Path.of("/proc/" + process.pid() + "/task");
    while (true) {
      try (var tasks = Files.list(command)) {
        for (Path task : tasks.toList()) {
          if (nameOf(task).startsWith("memory")) {
            return;
          }
        }
      }
      assertTrue(System.nanoTime() < deadline, signal);
      Thread.sleep(20);
    }
  }

  /** Empty when the thread has ended since it was listed. */
  private static String nameOf(Path task) throws IOException {
    try {
      return Files.readString(task.resolve("comm"));
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  @Test
  void aSignalWhileAPluginHangsInDiscoveryEndsTheCommand() throws Exception {
    Files.createFile(folder.resolve("hang-in-name"));
    Process process = pool.start("list", "--plugins", "plugins");
    started.add(process);
    awaitThread(process, "SIGTERM");
    Image.signal(process, "TERM");
    awaitEnd(process, 10, "the plugin hangs on");
    assertEquals(TERM, process.exitValue());
  }

  @Test
  void aSecondSignalEndsARunWhoseTraceNobodyReads() throws Exception {
    assertEquals(
        0, new ProcessBuilder("mkfifo", folder.resolve("fifo").toString()).start().waitFor());
    started.add(
        new ProcessBuilder("sh", "-c", "exec sleep 60 < fifo").directory(folder.toFile()).start());
    Process process = start("--trace", "fifo");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 3_000; i++) {
      lines.append("job ").append(i).append("\n");
    }
    Thread reader =
        Thread.ofPlatform().daemon(true).start(() -> process.inputReader().lines().count());
    write(process, lines.toString().strip());
    process.outputWriter().close();
    awaitErr("finished: 3000 succeeded");
    Image.signal(process, "TERM");
    awaitErr("pool: stopping: waits while the trace and the report are written");
    Image.signal(process, "TERM");
    awaitEnd(process, 8, "the trace hangs on");
    assertEquals(TERM, process.exitValue());
    reader.join();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "message", "hang"})
  void aSecondSignalEndsWhateverHangsInAPlugin(String job) throws Exception {
    Process process = start("--keep-going");
    write(process, "1");
    BufferedReader out = process.inputReader();
    assertTrue(out.readLine().contains("succeeded"));
    write(process, job);
    awaitErr("runs " + job);
    Image.signal(process, "TERM");
    awaitErr("pool: stopping: waits while ");
    Image.signal(process, "TERM");
    awaitEnd(process, 12, "it hangs on");
    assertEquals(TERM, process.exitValue());
    assertEquals(
        1,
        Files.readAllLines(folder.resolve("err")).stream()
            .filter(line -> line.startsWith("finished: 1 succeeded"))
            .count());
  }

  @Test
  void aThirdSignalEndsAtOnce() throws Exception {
    Process process = start();
    write(process, "1");
    assertTrue(process.inputReader().readLine().contains("succeeded"));
    write(process, "text");
    awaitErr("runs text");
    Image.signal(process, "TERM");
    awaitErr("pool: stopping: waits while ");
    Image.signal(process, "TERM");
    while (Image.isIn("ShdPnd", process, 15)) { // or else the two might be one
      Thread.onSpinWait();
    }
    long before = System.nanoTime();
    Image.signal(process, "TERM");
    awaitEnd(process, 5, "it hangs on");
    assertTrue(System.nanoTime() - before < Duration.ofSeconds(4).toNanos());
    assertEquals(TERM, process.exitValue());
  }

  @Test
  void aSecondSignalEndsARunWhoseOutcomesNobodyReads() throws Exception {
    Process process = start();
    Thread writer =
        Thread.ofPlatform()
            .daemon(true)
            .start(() -> {
              try (Writer in = process.outputWriter()) {
                for (int i = 0; i < 100_000; i++) {
                  in.write("a line that is long enough " + i + "\n");
                }
              } catch (java.io.IOException e) {
                // it has ended
              }
            });
    awaitFull(process);
    Image.signal(process, "TERM");
    awaitErr("nobody reads");
    Image.signal(process, "TERM");
    awaitEnd(process, 12, "it hangs on");
    assertEquals(TERM, process.exitValue());
    writer.join();
  }

  /**
   * What can be read from it does not grow any more: nobody reads it, and it is full. That may be
   * at half of its size, for a write that does not fit into the last page of a pipe begins another.
   */
  private static void awaitFull(Process process) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    int last = 0;
    for (int same = 0; same < 50; ) {
      assertTrue(System.nanoTime() < deadline, "it wrote " + last + " bytes");
      Thread.sleep(20);
      int now = process.getInputStream().available();
      same = now == last && now > 16_000 ? same + 1 : 0;
      last = now;
    }
  }

  @Test
  void aSecondSignalEndsARunWhoseLogNobodyReads() throws Exception {
    Process process =
        new ProcessBuilder(
                Image.POOL.toString(), "run", "hostile", "--plugins", "plugins", "--workers", "2")
            .directory(folder.toFile())
            .start(); // its error output is a pipe
    started.add(process);
    write(process, "log", "log");
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (process.getErrorStream().available() < 60_000) {
      assertTrue(System.nanoTime() < deadline, "it wrote nothing");
      Thread.sleep(20);
    }
    Image.signal(process, "TERM");
    assertFalse(process.waitFor(1, TimeUnit.SECONDS));
    Image.signal(process, "TERM");
    awaitEnd(process, 12, "it hangs on");
    assertEquals(TERM, process.exitValue());
  }

  // System.exit

  @ParameterizedTest
  @ValueSource(strings = {"exit", "exit later", "exit text"})
  void aPluginThatExitsEndsTheRunWithTheSummaryAndAStatusOfFailure(String job) throws Exception {
    Process process = start();
    write(process, "1");
    BufferedReader out = process.inputReader();
    assertTrue(out.readLine().contains("succeeded"));
    write(process, job);
    awaitEnd(process, 15, "it waits for whom called for the exit");
    Ended ended = pool.end(process);
    assertEquals(1, ended.status(), ended::toString);
    assertEquals(1, ended.count("^finished: 1 succeeded, 0 failed, 1 not done"), ended::toString);
    assertEquals(1, ended.count("^pool: a plugin called System.exit"), ended::toString);
  }

  @Test
  void aPluginThatExitsInItsCancelEndsTheRun() throws Exception {
    Process process = start();
    write(process, "1");
    assertTrue(process.inputReader().readLine().contains("succeeded"));
    write(process, "exit in cancel");
    awaitErr("runs exit in cancel");
    Image.signal(process, "TERM");
    awaitErr("pool: stopping: waits while ");
    Image.signal(process, "TERM");
    awaitEnd(process, 5, "it waits for the cancel");
    Ended ended = pool.end(process);
    assertEquals(1, ended.count("^finished: 1 succeeded, 0 failed, 1 not done"), ended::toString);
    assertTrue(ended.status() != 0, ended::toString);
  }

  @Test
  void aPluginThatExitsInItsOpenIsNoSuccess() throws Exception {
    Ended ended = pool.run("", "run", "hostile", "--plugins", "plugins", "-o", "at=exit");
    assertEquals(1, ended.status(), ended::toString);
    assertEquals(1, ended.count("^pool: a plugin called System.exit"), ended::toString);
  }

  @ParameterizedTest
  @ValueSource(strings = {"list", "describe hostile", "run hostile"})
  void aPluginThatExitsWhenItIsFoundIsNoSuccess(String command) throws Exception {
    Files.createFile(folder.resolve("exit-in-name"));
    Ended ended = pool.run("", (command + " --plugins plugins").split(" "));
    assertEquals(1, ended.status(), ended::toString);
    assertEquals(1, ended.count("^pool: a plugin called System.exit"), ended::toString);
  }

  // Memory

  @ParameterizedTest
  @CsvSource({"memory", "thrown memory", "thread"})
  void withoutMemoryItEndsWithOneLineAndAStatusOfItsOwn(String job) throws Exception {
    Image small = new Image(folder, "-Xmx64m");
    Process process = start(small, "--keep-going");
    write(process, "1");
    assertTrue(process.inputReader().readLine().contains("succeeded"));
    write(process, job);
    awaitEnd(process, 60, "it goes on without memory");
    Ended ended = small.end(process);
    assertEquals(3, ended.status(), ended::toString);
    assertEquals(1, ended.count("^pool: out of memory"), ended::toString);
    assertEquals(
        0, ended.count("^pool: (?!out of memory|hostile-\\d did not come back)"), ended::toString);
  }
}
