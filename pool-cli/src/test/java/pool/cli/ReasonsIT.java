package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pool.cli.Image.Ended;

/** What is said of failures and outcomes, and what is not said of secrets. */
@Timeout(120)
class ReasonsIT {

  private static final String SECRET = "hunter2";

  @TempDir static Path plugins;

  @TempDir Path folder;

  private Image pool;

  @BeforeAll
  static void pack() throws Exception {
    SourcePlugin.pack(plugins, Hostile.SOURCE);
  }

  @BeforeEach
  void plugin() throws Exception {
    pool = new Image(folder);
    Files.createSymbolicLink(folder.resolve("plugins"), plugins);
  }

  private Ended run(String input, String... more) throws Exception {
    List<String> command =
        Stream.concat(
                Stream.of(
                    "run", "hostile", "--plugins", "plugins", "--workers", "1", "--keep-going"),
                Stream.of(more))
            .toList();
    return pool.run(input, command.toArray(String[]::new));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          file      | java.nio.file.NoSuchFileException: /no/such file
          class     | java.lang.NoClassDefFoundError: lib/Lib
          empty     | java.lang.IllegalStateException
          circle    | first of two; caused by second of two
          rejected  | java.util.concurrent.RejectedExecutionException
          late      | java.util.concurrent.TimeoutException
          cancelled | of my own
          closed    | pool 'in' is closed: no more jobs are accepted
          url       | no driver for jdbc:x://***@h?token=***
          """)
  void aJobThatRanAndThrewHasFailedAndSaysWhy(String job, String reason) throws Exception {
    Ended ended = run(job + "\n1\n");
    assertEquals(1, ended.status(), ended::toString);
    Map<String, Object> outcome = Json.object(ended.out().getFirst());
    assertEquals("failed", outcome.get("outcome"), ended::toString);
    assertTrue(
        outcome.get("reason").toString().startsWith(reason.substring(0, 9)), ended::toString);
    if (!job.equals("closed")) {
      assertEquals(reason, outcome.get("reason"));
    }
    assertEquals(1, ended.count("^finished: 1 succeeded, 1 failed in"), ended::toString);
  }

  // Secrets

  static List<List<String>> leaks() {
    return List.of(
        List.of("-o", "database=jbdc:postgresql://sa:hunter2@h/db"),
        List.of("-o", "database=postgresql://h/db?user=sa&password=hunter2"),
        List.of("-o", "database=sqlserver://h;password=hunter2"),
        List.of("-o", "database=x:/sa:hunter2@h"),
        List.of("-o", "databse=jdbc:postgresql://sa:hunter2@h/db"),
        List.of("-o", "jdbc:postgresql://sa:hunter2@h/db"),
        List.of("-o", "jdbc:postgresql://sa:hunter2@h/db?ssl=true"),
        List.of("-o", "hunter2"),
        List.of("-o", "password=hunter2"),
        List.of("-o", "pasword=hunter2"),
        List.of("-o", "api-key=hunter2"),
        List.of("--password=hunter2"),
        List.of("--password", "hunter2"),
        List.of("jdbc:postgresql://sa:hunter2@h/db"),
        List.of("--input", "https://sa:hunter2@h/list"),
        List.of("--output", "https://sa:hunter2@h/list"),
        List.of("--workers", "https://sa:hunter2@h/list"),
        List.of("-o", "at=fail"));
  }

  @ParameterizedTest
  @MethodSource("leaks")
  void aSecretInAMistakeIsNotEchoed(List<String> arguments) throws Exception {
    Ended ended = run("", arguments.toArray(String[]::new));
    assertTrue(ended.status() == 2 || arguments.contains("at=fail"), ended::toString);
    assertFalse(ended.toString().contains(SECRET), ended::toString);
    assertTrue(ended.err().getLast().startsWith("pool: "), ended::toString);
  }

  @Test
  void aSecretInAUrlIsNotWrittenAnywhere() throws Exception {
    String url = "https://sa:hunter2@h/?token=hunter2";
    Ended ended = run(url + "\nurl\n", "--trace", "trace", "--report", "report.html");
    assertEquals(2, ended.out().size());
    assertFalse(
        ended.toString().replace("\"result\":\"" + url, "").contains(SECRET), ended::toString);
    for (String file : List.of("trace", "report.html")) {
      assertFalse(Files.readString(folder.resolve(file)).contains(SECRET), file);
    }
    Ended described = pool.run("", "describe", "hostile", "--plugins", "plugins");
    assertTrue(described.toString().contains("jdbc:x://***@h"), described::toString);
    assertFalse(described.toString().contains(SECRET), described::toString);
  }

  // Input and output

  @ParameterizedTest
  @ValueSource(strings = {"list", "describe note", "--help", "--version", "run --help", "list -h"})
  @EnabledOnOs(OS.LINUX) // has /dev/full
  void aFullDiskIsNoSuccess(String command) throws Exception {
    Process process =
        new ProcessBuilder(
                Stream.concat(Stream.of(Image.POOL.toString()), Stream.of(command.split(" ")))
                    .toList())
            .redirectOutput(Path.of("/dev/full").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    List<String> err = Files.readAllLines(folder.resolve("err"));
    assertEquals(1, process.exitValue(), err::toString);
    assertEquals(List.of("pool: cannot write the output: No space left on device"), err);
  }

  @Test
  void aByteOrderMarkBeforeTheFirstLineIsNoPartOfIt() throws Exception {
    Path input = folder.resolve("input");
    Files.writeString(input, "\ufeff1\n2\n");
    Ended ended = pool.run("", "run", "note", "--workers", "1", "--input", "input");
    assertEquals(0, ended.status(), ended::toString);
    Process process = pool.start("run", "note", "--workers", "1");
    try (Writer in = process.outputWriter()) {
      in.write("\ufeff1\n");
    }
    assertEquals(0, pool.end(process).status());
  }

  @Test
  void aBlankLineIsALineAndHasAnOutcome() throws Exception {
    Ended ended = run("\n1\n \n");
    assertEquals(
        List.of("", "1", " "),
        ended.out().stream().map(line -> Json.object(line).get("job")).toList());
  }
}
