package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pool.cli.Image.Ended;
import pool.plugins.example.download.DocumentServer;

/** The linked image, run as its users run it: as a process, with files, pipes and signals. */
@Timeout(120)
class RuntimeImageIT {

  @TempDir Path folder;

  private Image pool;

  @BeforeEach
  void image() {
    pool = new Image(folder);
  }

  @Test
  void listNamesEveryFactory() throws Exception {
    Ended ended = pool.run("", "list");
    assertEquals(0, ended.status());
    assertEquals(
        List.of("command", "download", "note", "query"),
        ended.out().stream().map(line -> line.split(" ", 2)[0]).toList());
    assertEquals(List.of(), ended.err());
  }

  @Test
  void describeTellsTypesOptionsAndOrigin() throws Exception {
    String text = String.join("\n", pool.run("", "describe", "download").out());
    for (String part :
        List.of(
            "java.net.URI",
            "pool.plugins.example.download.Stored",
            "module     pool.plugins.example",
            "max-bytes",
            "default PT30S",
            "jrt:/pool.plugins.example")) {
      assertTrue(text.contains(part), text);
    }
  }

  /** The image has neither the plugin nor the library that it needs. */
  @Test
  void aPluginFromADirectoryIsListedDescribedAndRun() throws Exception {
    Path plugin = Files.createDirectories(folder.resolve("plugins").resolve("plain"));
    Files.writeString(folder.resolve("plugins").resolve("broken.jar"), "no zip");
    PlainPlugin.pack(plugin);
    Ended listed = pool.run("", "list", "--plugins", "plugins");
    assertEquals(Image.FACTORIES + 1, listed.out().size(), listed::toString);
    assertEquals(1, listed.count("^pool: could not be loaded: plugin broken.jar: "));
    Ended described = pool.run("", "describe", "plain", "--plugins", "plugins");
    assertTrue(String.join("\n", described.out()).contains("plain.jar"), described::toString);
    Ended ended = pool.run("1\n2\n", "run", "plain", "--plugins", "plugins", "--workers", "1");
    assertEquals(0, ended.status(), ended::toString);
    assertEquals(
        List.of(
            "{\"line\":1,\"job\":\"1\",\"outcome\":\"succeeded\",\"result\":\"library says 1\"}",
            "{\"line\":2,\"job\":\"2\",\"outcome\":\"succeeded\",\"result\":\"library says 2\"}"),
        ended.plain());
  }

  /** Jars of which the JDK makes no modules, one of them in a folder below. */
  @Test
  void aPluginThatCannotBeModulesIsListedAndRun() throws Exception {
    Path plugin = Files.createDirectories(folder.resolve("plugins").resolve("plain"));
    PlainPlugin.pack(plugin);
    Path library = Files.createDirectory(plugin.resolve("lib")).resolve("library_2.13-1.0.JAR");
    Files.move(plugin.resolve("library.jar"), library);
    Files.move(plugin.resolve("plain.jar"), plugin.resolve("native-plain-1.0.jar"));
    Ended listed = pool.run("", "list", "--plugins", "plugins");
    assertEquals(List.of(), listed.err());
    assertEquals(1, listed.out().stream().filter(line -> line.startsWith("plain ")).count());
    Ended described = pool.run("", "describe", "plain", "--plugins", "plugins");
    assertTrue(described.out().contains("  version    1.0"), described::toString);
    Ended ended = pool.run("1\n", "run", "plain", "--plugins", "plugins");
    assertEquals(
        List.of(
            "{\"line\":1,\"job\":\"1\",\"outcome\":\"succeeded\",\"result\":\"library says 1\"}"),
        ended.plain());
  }

  /** Larger than the memory of the command, in few bytes. */
  @Test
  void aPluginWithAHugeFileIsOneLine() throws Exception {
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    String services = "META-INF/services/pool.api.WorkerFactory";
    try (ZipOutputStream jar =
        new ZipOutputStream(Files.newOutputStream(plugins.resolve("huge.jar")))) {
      jar.putNextEntry(new ZipEntry(services));
      for (int i = 0; i < 300; i++) {
        jar.write(new byte[1_000_000]);
      }
    }
    Ended listed = new Image(folder, "-Xmx64m").run("", "list", "--plugins", "plugins");
    assertEquals(Image.FACTORIES, listed.out().size(), listed::toString);
    assertEquals(
        List.of(
            "pool: could not be loaded: plugin huge.jar: "
                + services
                + " in huge.jar has 300000000 bytes, and at most 1000000 are read"),
        listed.err());
    assertEquals(0, listed.status());
  }

  @ParameterizedTest
  @CsvSource({"shared", "even"})
  void theNoteTellsItsStory(String distribution) throws Exception {
    Ended ended =
        pool.run("0\n1\n2\n3\n", "run", "note", "--workers", "2", "--distribution", distribution);
    assertEquals(0, ended.status());
    List<String> story =
        ended.err().stream().map(line -> line.replaceAll("^.*NoteFactory - ", "")).toList();
    assertEquals(9, story.size(), story::toString);
    assertEquals(Set.of("note-0: open", "note-1: open"), Set.copyOf(story.subList(0, 2)));
    assertTrue(story.subList(2, 6).stream().allMatch(line -> line.contains(": run ")));
    assertEquals(Set.of("note-0: close", "note-1: close"), Set.copyOf(story.subList(6, 8)));
    assertTrue(story.getLast().startsWith("finished: 4 succeeded, 0 failed"), story::toString);
    if (distribution.equals("even")) {
      assertEquals(2, ended.count("note-0: run"));
      assertEquals(2, ended.count("note-1: run"));
    }
    assertEquals(
        Set.of(
            "{\"line\":1,\"job\":\"0\",\"outcome\":\"succeeded\",\"result\":0}",
            "{\"line\":2,\"job\":\"1\",\"outcome\":\"succeeded\",\"result\":1}",
            "{\"line\":3,\"job\":\"2\",\"outcome\":\"succeeded\",\"result\":2}",
            "{\"line\":4,\"job\":\"3\",\"outcome\":\"succeeded\",\"result\":3}"),
        Set.copyOf(ended.plain()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          run downlod                        | no factory is named 'downlod'; there are download, command, note, query
          describe nte                       | no factory is named 'nte'; there are note
          run note --workers 0               | workers must be at least 1, but was 0
          run note --queue 0                 | queue must be at least 1, but was 0
          run note --workers many            | Invalid value for option '--workers'
          run note --threads green           | Invalid value for option '--threads'
          run note -o loud=yes               | factory 'note' has no option 'loud' (given as 'yes'); it has no options
          run download -o databse=x          | its options are database
          run download -o max-bytes=0        | must be at least 1, but was 0
          run download -o database=x         | expected a URL that begins with jdbc:sqlite:
          run note --workers 2147483647      | workers must be at most 1000000, but was 2147483647
          run download -o timeout=0s         | option 'timeout' cannot be read from '0s': must be more than 0
          run download -o timeout=PT-5S      | option 'timeout' cannot be read from 'PT-5S': must be more than 0
          run note --input no-such-file      | cannot read 'no-such-file': there is no such file
          run note --input .                 | cannot read '.': it is a folder
          run note --output .                | cannot write '.': it is a folder
          run note --output no/such/folder   | cannot write 'no/such/folder': there is no such file
          run note --trace no/such/folder    | cannot write 'no/such/folder': there is no such file
          run note --report .                | cannot write '.': it is a folder
          run note --report -                | cannot write '-': standard output is for outcomes; name a file
          run note --progress loud           | Invalid value for option '--progress'
          run note --close-timeout soon      | expected a time such as 250ms
          run note --close-timeout 0s        | must be more than 0
          run note --close-timeout PT-1S     | must be more than 0
          run note --job-timeout soon        | cannot be read from 'soon': expected a time such as 250ms
          run note --max-attempts 0          | max-attempts must be
          run note --max-batch x             | is not an int
          run note --workers 2 --min-open 3  | min-open must be
          run note --options no-such-file    | cannot read 'no-such-file': there is no such file
          run download -o database=env:NONE  | option 'database' is to be read from the environment, where there is no 'NONE'
          run note --input-format csv        | input-format csv makes records, but the jobs of 'note' are java.lang.Integer: leave it out
          run note --input-format JSONL      | input-format jsonl makes records, but the jobs of 'note' are java.lang.Integer: leave it out
          run note --input-format xml        | Invalid value for option '--input-format'
          run note --max-line 0              | max-line must be at least 1, but was 0
          run note --wrkers 2                | Unknown option
          lst                                | did you mean
          run note --plugins nowhere         | the plugin directory nowhere does not exist; name a folder
          run                                | Missing required parameter: 'NAME'
          nonsense                           | Unmatched argument at index 0: 'nonsense'
          """)
  void badUsageIsOneClearLineAndStatus2(String command, String message) throws Exception {
    Ended ended = pool.run("1\n", command.split(" "));
    assertEquals(2, ended.status(), ended::toString);
    assertEquals(1, ended.err().size(), ended::toString);
    assertTrue(ended.err().getFirst().startsWith("pool: "), ended::toString);
    assertTrue(ended.err().getFirst().contains(message), ended::toString);
    assertEquals(0, ended.count("be opened|^\\s+at |Exception"), ended::toString);
    assertEquals(List.of(), ended.out());
  }

  @Test
  void badUsageLeavesEveryFileAsItWas() throws Exception {
    Path kept = Files.writeString(folder.resolve("kept"), "1\n2\n");
    Path link = Files.createSymbolicLink(folder.resolve("link"), kept);
    for (String usage :
        List.of(
            "--output kept -o bogus=1",
            "--output kept --workers 2147483647",
            "--report kept -o bogus=1",
            "--trace kept --workers 2147483647",
            "--input kept --output kept",
            "--input kept --trace kept",
            "--output kept --report kept",
            "--trace kept --report kept",
            "--input kept --output " + link)) {
      Ended ended = pool.run("1\n", ("run note " + usage).split(" "));
      assertEquals(2, ended.status(), ended::toString);
      assertEquals("1\n2\n", Files.readString(kept), usage);
    }
    assertEquals(0, pool.run("7\n", "run", "note", "--output", "kept").status());
    assertEquals(
        List.of("{\"line\":1,\"job\":\"7\",\"outcome\":\"succeeded\",\"result\":7}"),
        Files.readAllLines(kept).stream().map(Json::plain).toList());
  }

  @Test
  void aDatabaseThatCannotBeOpenedIsNamed() throws Exception {
    Ended ended = pool.run("", "run", "query", "-o", "database=jdbc:sqlite:/no/such/folder/x.db");
    assertEquals(1, ended.status());
    assertTrue(
        ended.err().getLast().contains("option 'database': cannot open 'jdbc:sqlite:/no/such/"),
        ended::toString);
  }

  @Test
  @EnabledOnOs(OS.LINUX) // has /dev/full
  void aFullDiskEndsTheRunWithOneLine() throws Exception {
    Process process =
        new ProcessBuilder(Image.POOL.toString(), "run", "note", "--workers", "1")
            .redirectOutput(Path.of("/dev/full").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    try (Writer in = process.outputWriter()) {
      in.write("1\n2\n3\n");
    }
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    List<String> err = Files.readAllLines(folder.resolve("err"));
    assertEquals(1, process.exitValue(), err::toString);
    assertEquals(
        List.of("pool: the output could not be written: No space left on device"),
        err.stream().filter(line -> line.startsWith("pool:")).toList());
  }

  @Test
  void aReaderThatHasGoneEndsTheRun() throws Exception {
    Process process = pool.start("run", "note", "--workers", "1");
    Thread endless =
        Thread.ofPlatform()
            .daemon(true)
            .start(() -> {
              try (Writer in = process.outputWriter()) {
                while (true) {
                  in.write("1\n");
                }
              } catch (IOException e) {
                // it has ended
              }
            });
    BufferedReader out = process.inputReader();
    assertTrue(out.readLine().contains("succeeded"));
    out.close();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    endless.join();
    assertEquals(1, process.exitValue());
  }

  @Test
  void aBadLineFailsAloneAndIsNamed() throws Exception {
    Ended ended = pool.run("1\nx\n3\n", "run", "note", "--workers", "1", "--keep-going");
    assertEquals(1, ended.status());
    assertTrue(
        ended.out().stream()
            .anyMatch(line ->
                line.contains("\"outcome\":\"failed\",\"reason\":\"line 2: 'x' makes no Integer")),
        ended::toString);
    assertEquals(1, ended.count("^finished: 2 succeeded, 1 failed in"));
  }

  @Test
  void theFirstFailureStopsTheRun() throws Exception {
    StringBuilder input = new StringBuilder("x\n");
    for (int i = 0; i < 100_000; i++) {
      input.append(i).append('\n');
    }
    Ended ended = pool.run(input.toString(), "run", "note", "--workers", "1", "--queue", "5");
    assertEquals(1, ended.status());
    assertTrue(ended.out().size() < 1_000, () -> ended.out().size() + " outcomes");
    assertEquals(1, ended.count("note-0: close"));
  }

  @Test
  void sigtermFinishesWhatWasReadThoughTheInputStaysOpen() throws Exception {
    Process process = pool.start("run", "note", "--workers", "2");
    Writer in = process.outputWriter();
    in.write("1\n2\n3\n");
    in.flush();
    BufferedReader out = process.inputReader();
    for (int i = 0; i < 3; i++) {
      assertTrue(out.readLine().contains("succeeded")); // they come though the input goes on
    }
    process.toHandle().destroy();
    Ended ended = pool.end(process);
    assertEquals(128 + 15, ended.status());
    assertEquals(2, ended.count("note-.: close"));
    assertEquals(1, ended.count("^finished: 3 succeeded, 0 failed"));
    assertEquals("pool: stopped by a signal before the end of the input", ended.err().getLast());
  }

  @Test
  void aSignalAfterTheEndOfTheInputDoesNotSayThatSomeWasLeft() throws Exception {
    Path documents = Files.createDirectory(folder.resolve("documents"));
    try (DocumentServer server = new DocumentServer(documents)) {
      Process process = pool.start("run", "download", "--workers", "1", "-o", "timeout=3s");
      try (Writer in = process.outputWriter()) {
        in.write(server.uri("/slow") + "\n");
      }
      awaitConnections(server);
      process.toHandle().destroy();
      Ended ended = pool.end(process);
      assertEquals(128 + 15, ended.status());
      assertEquals("pool: stopped by a signal", ended.err().getLast());
    }
  }

  @Test
  void aSecondSignalEndsAQuery() throws Exception {
    Process process = pool.start("run", "query", "--workers", "2", "-o", "database=jdbc:sqlite:");
    Writer in = process.outputWriter();
    in.write(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n\n");
    in.write("SELECT 1\n");
    in.flush();
    BufferedReader out = process.inputReader();
    assertTrue(out.readLine().contains("succeeded")); // so that the one before it was read, too
    process.toHandle().destroy();
    assertFalse(process.waitFor(1, TimeUnit.SECONDS), "the first signal waits for what runs");
    process.toHandle().destroy();
    Ended ended = pool.end(process);
    assertEquals(128 + 15, ended.status());
    assertTrue(ended.out().getLast().contains("cancelled"), ended::toString);
    assertEquals(0, ended.count("did not come back"), ended::toString);
  }

  @Test
  void aSecondSignalAborts() throws Exception {
    Path documents = Files.createDirectory(folder.resolve("documents"));
    try (DocumentServer server = new DocumentServer(documents)) {
      Process process = pool.start("run", "download", "--workers", "1", "-o", "timeout=10m");
      Writer in = process.outputWriter();
      in.write(server.uri("/slow") + "\n" + server.uri("/slow") + "\n");
      in.flush();
      BufferedReader out = process.inputReader();
      awaitConnections(server);
      process.toHandle().destroy();
      assertFalse(process.waitFor(1, TimeUnit.SECONDS), "the first signal waits for what runs");
      process.toHandle().destroy();
      assertTrue(process.waitFor(10, TimeUnit.SECONDS));
      assertEquals(128 + 15, process.exitValue());
      String outcomes = out.lines().collect(Collectors.joining());
      assertTrue(outcomes.contains("cancelled"), outcomes);
      assertTrue(outcomes.contains("notStarted"), outcomes);
    }
  }

  private static void awaitConnections(DocumentServer server) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (server.slowRequests() == 0) {
      assertTrue(System.nanoTime() < deadline, "nobody asked for /slow");
      Thread.onSpinWait();
    }
  }

  @Test
  void theStartUpCacheFits() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(Image.POOL.toString(), "list")
            .redirectError(folder.resolve("err").toFile())
            .directory(folder.toFile());
    builder
        .environment()
        .put("POOL_JAVA_OPTIONS", "-XX:AOTMode=on"); // refuses a cache that does not fit
    Process process = builder.start();
    assertEquals(0, pool.end(process).status());
  }
}
