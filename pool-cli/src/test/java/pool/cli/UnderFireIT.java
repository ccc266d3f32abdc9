package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.cli.Image.Ended;
import pool.plugins.example.download.DocumentServer;

/** {@code pool run download} while signals come, it is killed, a disk is full. */
@Timeout(120)
class UnderFireIT {

  /** More than have room in the pipe, so that a run waits in the middle until it is read. */
  private static final int MANY = 800;

  @TempDir Path folder;

  private Image pool;
  private Path documents;
  private Path disk; // mounted by a test

  @BeforeEach
  void image() throws Exception {
    pool = new Image(folder);
    documents = Files.createDirectory(folder.resolve("documents"));
    disk = Files.createDirectory(folder.resolve("disk"));
  }

  @AfterEach
  void unmount() throws Exception {
    command("umount", disk.toString());
  }

  private DocumentServer server(int count, int bytes) throws Exception {
    Random random = new Random(1);
    for (int i = 0; i < count; i++) {
      byte[] body = new byte[bytes];
      random.nextBytes(body);
      Files.write(documents.resolve("document-" + i + ".bin"), body);
    }
    return new DocumentServer(documents);
  }

  private static List<String> uris(DocumentServer server) {
    return server.uris().stream().map(URI::toString).toList();
  }

  private static void write(Writer in, List<String> lines) throws Exception {
    in.write(String.join("\n", lines) + "\n");
    in.flush();
  }

  private static List<String> read(BufferedReader out, int lines) throws Exception {
    List<String> read = new ArrayList<>();
    while (read.size() < lines) {
      read.add(out.readLine());
    }
    return read;
  }

  private Store store() throws Exception {
    return Store.of(folder.resolve("store.db"), folder);
  }

  private static void assertNoStackTrace(Ended ended) {
    assertEquals(0, ended.count("^\\s*at |^Exception|Caused by|^java"), ended::toString);
  }

  @Test
  void sigtermInTheMiddleFinishesWhatWasReadAndAllOfItIsStored() throws Exception {
    try (DocumentServer server = server(MANY, 100)) {
      Process process = pool.start("run", "download", "--workers", "4", "--queue", "50");
      Writer in = process.outputWriter();
      write(in, uris(server)); // and the input stays open
      BufferedReader out = process.inputReader();
      List<String> outcomes = read(out, 40);
      Image.signal(process, "TERM");
      out.lines().forEach(outcomes::add);
      Ended ended = pool.end(process, outcomes);
      assertEquals(128 + 15, ended.status(), ended::toString);
      assertEquals("pool: stopped by a signal before the end of the input", ended.err().getLast());
      List<String> reported = store().assertHolds(outcomes);
      assertEquals(outcomes.size(), reported.size(), "what was read was not finished");
      assertTrue(outcomes.size() < MANY, "it was done before the signal came");
      assertEquals(store().documents().keySet(), Set.copyOf(reported));
      assertEquals(1, ended.count("^finished: " + outcomes.size() + " succeeded, 0 failed in"));
    }
  }

  @Test
  void sigintTwiceEndsTheRunAtOnceAndLosesNothingThatWasReported() throws Exception {
    try (DocumentServer server = server(40, 100)) {
      Process process =
          pool.start("run", "download", "--workers", "4", "--queue", "50", "-o", "timeout=10m");
      assumeFalse(Image.ignoresInterrupts(process), "this build runs with SIGINT ignored");
      Writer in = process.outputWriter();
      List<String> lines = new ArrayList<>(uris(server));
      for (int i = 0; i < 20; i++) {
        lines.add(server.uri("/slow").toString());
      }
      write(in, lines);
      BufferedReader out = process.inputReader();
      List<String> outcomes = read(out, 40);
      awaitSlowRequests(server, 4); // every worker hangs
      Image.signal(process, "INT");
      assertFalse(process.waitFor(1, TimeUnit.SECONDS), "the first signal waits for what runs");
      Image.signal(process, "INT");
      assertTrue(process.waitFor(10, TimeUnit.SECONDS), "the second signal does not abort");
      out.lines().forEach(outcomes::add);
      Ended ended = pool.end(process, outcomes);
      assertEquals(128 + 2, ended.status(), ended::toString);
      assertEquals(60, outcomes.size(), "a line that was read has no outcome");
      assertEquals(uris(server).size(), store().assertHolds(outcomes).size());
      assertNoStackTrace(ended);
    }
  }

  private static void awaitSlowRequests(DocumentServer server, int count) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (server.slowRequests() < count) {
      assertTrue(System.nanoTime() < deadline, "nobody asked for /slow");
      Thread.onSpinWait();
    }
  }

  @Test
  void aRunThatWasKilledIsCompletedByTheNextWhichStoresNothingTwice() throws Exception {
    try (DocumentServer server = server(MANY, 100)) {
      Path input = Files.write(folder.resolve("uris"), uris(server));
      String[] command = {"run", "download", "--workers", "8", "--input", input.toString()};
      Process process = pool.start(command);
      BufferedReader out = process.inputReader();
      List<String> outcomes = read(out, 40);
      Image.signal(process, "KILL");
      out.lines().filter(line -> line.endsWith("}")).forEach(outcomes::add);
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
      assertEquals(128 + 9, process.exitValue());
      assertTrue(outcomes.size() < MANY, "it was done before it was killed");
      Store before = store();
      List<String> reported = before.assertHolds(outcomes);
      assertEquals(outcomes.size(), reported.size());

      Ended again = pool.run("", command);
      assertEquals(0, again.status(), again::toString);
      assertEquals(MANY, store().assertHolds(again.out()).size());
      assertEquals(MANY, store().documents().size());
      assertEquals(1, again.count("confirmed %1$d of %1$d stored documents".formatted(MANY)));
      for (String uri : reported) {
        assertEquals(before.documents().get(uri), store().documents().get(uri));
        assertEquals(1, server.answered(URI.create(uri).getPath(), 200), "fetched twice: " + uri);
      }
    }
  }

  /** A disk of its own, since one that is full harms others. */
  private void mount(String size) throws Exception {
    assumeTrue(
        command("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", disk.toString()),
        "only root may mount a small disk");
  }

  private static boolean command(String... command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (Exception e) {
      return false;
    }
  }

  @Test
  void aFullDiskOfTheDatabaseFailsJobsLosesNothingAndTheNextRunCompletes() throws Exception {
    mount("1m");
    try (DocumentServer server = server(60, 50_000)) {
      Path input = Files.write(folder.resolve("uris"), uris(server));
      String[] command = {
        "run",
        "download",
        "--workers",
        "4",
        "--keep-going",
        "--input",
        input.toString(),
        "-o",
        "database=jdbc:sqlite:disk/store.db"
      };
      Ended ended = pool.run("", command);
      assertEquals(1, ended.status(), ended::toString);
      assertEquals(60, ended.out().size());
      Store stored = Store.of(disk.resolve("store.db"), folder);
      long succeeded = stored.assertHolds(ended.out()).size();
      assertTrue(succeeded > 0 && succeeded < 60, ended::toString);
      for (String line : ended.out()) {
        Map<String, Object> outcome = Json.object(line);
        String reason = String.valueOf(outcome.get("reason"));
        assertTrue(outcome.get("outcome").equals("succeeded") || reason.contains("is full"), line);
      }
      assertNoStackTrace(ended);

      assertTrue(command("mount", "-o", "remount,size=20m", disk.toString()));
      Ended again = pool.run("", command);
      assertEquals(0, again.status(), again::toString);
      assertEquals(60, Store.of(disk.resolve("store.db"), folder).assertHolds(again.out()).size());
    }
  }

  @Test
  void aFullDiskOfTheOutputEndsTheRunAndKeepsWholeLinesThatAreTrue() throws Exception {
    mount("20k");
    try (DocumentServer server = server(300, 100)) {
      Path input = Files.write(folder.resolve("uris"), uris(server));
      Path output = disk.resolve("outcomes");
      Ended ended =
          pool.run(
              "",
              "run",
              "download",
              "--workers",
              "4",
              "--keep-going",
              "--input",
              input.toString(),
              "--output",
              output.toString());
      assertEquals(1, ended.status(), ended::toString);
      assertEquals(
          List.of("pool: the output could not be written: No space left on device"),
          ended.err().stream().filter(line -> line.startsWith("pool:")).toList());
      assertNoStackTrace(ended);
      String text = Files.readString(output);
      assertTrue(text.endsWith("}\n"), "a line was written by half");
      List<String> outcomes = text.lines().toList();
      assertTrue(outcomes.size() > 10, text);
      assertEquals(outcomes.size(), store().assertHolds(outcomes).size());
    }
  }
}
