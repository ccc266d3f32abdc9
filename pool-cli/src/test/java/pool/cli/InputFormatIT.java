package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pool.cli.Image.Ended;

/** Records of a plugin, made of CSV and of JSON lines. */
@Timeout(90)
class InputFormatIT {

  private static final String SOURCE =
      """
      package hostile;

      import java.nio.file.*;
      import java.util.*;
      import pool.api.*;

      public class Factory implements WorkerFactory<Factory.Job, String> {
        public record Job(String name, int age, Optional<String> nick) {}
        public String name() { return "people"; }
        public Class<Job> jobType() { return Job.class; }
        public Class<String> resultType() { return String.class; }
        public Worker<Job, String> open(WorkerContext context) {
          System.err.println("opened");
          return job -> {
            if (job.name().equals("Bob") && !Files.exists(Path.of("mended"))) {
              throw new Exception("nobody is called Bob");
            }
            return job.name() + " is " + job.age() + job.nick().map(n -> ", called " + n).orElse("");
          };
        }
      }
      """;

  private static final String CSV =
      "age,name,nick\n30,\"Ann\nLee\",\n31,Bob,B\n32,Cid,\"C \"\"x\"\"\"\n";

  private static final String JSONL =
      """
      {"name": "Ann\\nLee", "age": 30}
      {"nick": "B", "name": "Bob", "age": 31}
      {"name": "Cid", "age": 32, "nick": "C \\"x\\""}
      """;

  @TempDir Path folder;

  private Image pool;
  private Path plugins;

  @BeforeEach
  void image() throws Exception {
    pool = new Image(folder);
    plugins = Files.createDirectory(folder.resolve("plugins"));
  }

  private Ended run(String input, String format, String... more) throws Exception {
    String[] all = {
      "run", "people", "--plugins", "plugins", "--workers", "1", "--input-format", format
    };
    String[] args = new String[all.length + more.length];
    System.arraycopy(all, 0, args, 0, all.length);
    System.arraycopy(more, 0, args, all.length, more.length);
    return pool.run(input, args);
  }

  private static String said(Ended ended) {
    return ended.err().stream()
        .filter(line -> line.startsWith("pool: "))
        .reduce((a, b) -> a + "\n" + b)
        .orElse("");
  }

  @Test
  void recordsOfCsvAreRunAndABadOneFailsAlone() throws Exception {
    SourcePlugin.pack(plugins, SOURCE);
    Ended ended =
        run("age,name\n30,\"Ann\nLee\"\n\nx,\"Eve\n\"\n1\n32,Cid\n", "csv", "--keep-going");
    assertEquals(
        List.of(
            "{\"line\":2,\"job\":\"30,\\\"Ann\\nLee\\\"\",\"outcome\":\"succeeded\",\"result\":\"Ann\\nLee is 30\"}",
            "{\"line\":5,\"job\":\"x,\\\"Eve\\n\\\"\",\"outcome\":\"failed\",\"reason\":\"line 5: column 'age': 'x' is no int\"}",
            "{\"line\":7,\"job\":\"1\",\"outcome\":\"failed\",\"reason\":\"line 7: it has 1 field, but the header names 2\"}",
            "{\"line\":8,\"job\":\"32,Cid\",\"outcome\":\"succeeded\",\"result\":\"Cid is 32\"}"),
        ended.plain().stream().sorted().toList());
    assertEquals(1, ended.status());
  }

  @Test
  void recordsOfJsonLinesAreRunAndABadOneFailsAlone() throws Exception {
    SourcePlugin.pack(plugins, SOURCE);
    String input = "{\"age\":30,\"name\":\"Ann\"}\n{\"age\":3}\n{\"age\":32,\"name\":\"Cid\"}\n";
    Ended ended = run(input, "jsonl", "--keep-going");
    assertEquals(
        List.of(
            "{\"line\":1,\"job\":\"{\\\"age\\\":30,\\\"name\\\":\\\"Ann\\\"}\",\"outcome\":\"succeeded\",\"result\":\"Ann is 30\"}",
            "{\"line\":2,\"job\":\"{\\\"age\\\":3}\",\"outcome\":\"failed\",\"reason\":\"line 2: member 'name' is missing\"}",
            "{\"line\":3,\"job\":\"{\\\"age\\\":32,\\\"name\\\":\\\"Cid\\\"}\",\"outcome\":\"succeeded\",\"result\":\"Cid is 32\"}"),
        ended.plain().stream().sorted().toList());
    assertEquals(1, ended.status());
  }

  @ParameterizedTest
  @CsvSource({"csv", "jsonl"})
  void aRunThatFailedGoesOnWithTheRecordsThatAreLeft(String format) throws Exception {
    SourcePlugin.pack(plugins, SOURCE);
    Path input = Files.writeString(folder.resolve("input"), format.equals("csv") ? CSV : JSONL);
    String[] files = {"--input", "input", "--output", "out", "--resume", "--retry-failed"};
    Ended first = run("", format, files);
    assertEquals(1, first.status(), first::toString);
    assertEquals(1, first.count("^finished: . succeeded, 1 failed"), first::toString);
    Files.createFile(folder.resolve("mended"));
    Ended second = run("", format, files);
    assertEquals(0, second.status(), second::toString);
    List<String> results =
        Files.readAllLines(folder.resolve("out")).stream()
            .map(Json::object)
            .filter(outcome -> outcome.get("outcome").equals("succeeded"))
            .map(outcome -> outcome.get("result").toString())
            .sorted()
            .toList();
    assertEquals(
        List.of("Ann\nLee is 30", "Bob is 31, called B", "Cid is 32, called C \"x\""), results);
    String[] check = {"check", "out", "--input", "input", "--input-format", format};
    Ended checked = pool.run("", check);
    assertEquals(0, checked.status(), checked::toString);
    assertTrue(checked.out().containsAll(List.of("lines       3", "succeeded   3")));
    Files.writeString(input, Files.readString(input).replace("32", "33"));
    assertTrue(
        pool.run("", check)
            .out()
            .contains("changed     1 (line %d)".formatted(format.equals("csv") ? 5 : 3)));
    Ended third = run("", format, files);
    assertEquals(2, third.status(), third::toString);
    assertTrue(said(third).contains("the input has changed: line "), third::toString);
  }

  @Test
  void otherColumnsAreAnotherInput() throws Exception {
    SourcePlugin.pack(plugins, SOURCE);
    Files.createFile(folder.resolve("mended"));
    assertEquals(0, run(CSV, "csv", "--output", "out").status());
    Ended ended = run(CSV.replace("name,nick", "nick,name"), "csv", "--output", "out", "--resume");
    assertEquals(1, ended.status(), ended::toString);
    assertEquals(
        "pool: the input has changed: line 2 is not what it was when its outcome was written",
        said(ended));
  }

  @Test
  void aBadHeaderOfAFileIsToldBeforeWorkersOpen() throws Exception {
    SourcePlugin.pack(plugins, SOURCE);
    Files.writeString(folder.resolve("input"), "name,agee\nAnn,1\n");
    Ended ended = run("", "csv", "--input", "input");
    assertEquals(
        List.of(
            "pool: cannot read 'input': its header names a column 'agee', but hostile.Factory$Job"
                + " has no such component; there are name, age, nick"),
        ended.err());
    assertEquals(2, ended.status());
  }

  @Test
  void aBadHeaderOfAPipeEndsTheRunWithOneLine() throws Exception {
    SourcePlugin.pack(plugins, SOURCE);
    Ended ended = run("", "csv");
    assertEquals(
        "pool: cannot read the input: it is empty; its first line must name columns: name, age, nick",
        said(ended));
    assertEquals(List.of(), ended.out());
    assertEquals(1, ended.status());
  }

  @ParameterizedTest
  @CsvSource({"exports hostile, csv", "opens hostile to com.fasterxml.jackson.databind, jsonl"})
  void recordsOfAModuleNeedItsLeave(String leave, String format) throws Exception {
    String module =
        "module people { requires pool.api; provides pool.api.WorkerFactory with hostile.Factory; %s; }";
    SourcePlugin.packModule(plugins, SOURCE, module.formatted(leave));
    Files.createFile(folder.resolve("mended"));
    Ended ended = run(format.equals("csv") ? CSV : JSONL, format);
    assertEquals(0, ended.status(), ended::toString);
    assertEquals(3, ended.out().size());
  }

  @ParameterizedTest
  @CsvSource({"csv", "jsonl"})
  void aModuleThatGivesNoLeaveIsToldBeforeWorkersOpen(String format) throws Exception {
    String module =
        "module people { requires pool.api; provides pool.api.WorkerFactory with hostile.Factory; }";
    SourcePlugin.packModule(plugins, SOURCE, module);
    Ended ended = run(format.equals("csv") ? CSV : JSONL, format);
    assertEquals(
        List.of(
            "pool: input-format "
                + format
                + ": the record hostile.Factory$Job of module people cannot be made: open its"
                + " package to com.fasterxml.jackson.databind, or export it and make the record"
                + " public"),
        ended.err());
    assertEquals(2, ended.status());
  }

  @Test
  void aRecordWithinOneNeedsLeaveToo() throws Exception {
    String source =
        SOURCE
            .replace(
                "Optional<String> nick) {}", "Map<String, Home[]> homes) {}\n record Home() {}")
            .replace("job.nick().map(n -> \", called \" + n).orElse(\"\")", "job.homes()");
    String module =
        "module people { requires pool.api; provides pool.api.WorkerFactory with hostile.Factory; exports hostile; }";
    SourcePlugin.packModule(plugins, source, module);
    Ended ended = run(JSONL, "jsonl");
    assertTrue(
        said(ended).contains("the record hostile.Factory$Home of module people cannot be made"),
        ended::toString);
    assertEquals(2, ended.status());
  }
}
