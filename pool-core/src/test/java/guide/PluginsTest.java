package guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.WorkerFactory;
import pool.core.CloseReport;
import pool.core.Sources;
import pool.core.ThreadKind;
import pool.core.WorkerFactories;
import pool.core.WorkerPool;

/** Builds the plugins of the README and of the guide for authors, and runs them. */
@Timeout(180)
class PluginsTest {

  static final String SERVICE = "com.example.ask.AskFactory";

  @TempDir Path folder;
  private LineServer server;

  @BeforeEach
  void startServer() throws Exception {
    server = new LineServer();
  }

  @AfterEach
  void stopServer() throws Exception {
    server.close();
  }

  private String port() {
    return Integer.toString(server.address().getPort());
  }

  private Path ask() throws Exception {
    return Packed.jar(folder, "ask", Packed.sources("ask"), SERVICE);
  }

  private static WorkerFactory<String, String> in(Path jar, String name) {
    WorkerFactories found = WorkerFactories.in(jar.getParent());
    assertEquals(List.of(), found.failures());
    return found.factory(name, String.class, String.class);
  }

  private void assertPrints(List<String> lines, List<String> options, String file, String... args)
      throws Exception {
    Programs.Ended ended = Programs.java(folder, options, file, args);
    assertEquals(0, ended.status(), ended.lines()::toString);
    assertEquals(lines, ended.lines().subList(0, lines.size()));
  }

  @Test
  void theProgramsOfTheReadmeAndTheGuideRun() throws Exception {
    List<String> classPath = List.of("-cp", Programs.path());
    Programs.Ended digests = Programs.java(folder, classPath, "Digests.java");
    assertEquals(0, digests.status(), digests.lines()::toString);
    assertTrue(digests.lines().getFirst().startsWith("[7692c3ad"), digests.lines()::toString);
    assertTrue(digests.lines().get(1).startsWith("04efaf08"), digests.lines()::toString);
    assertPrints(List.of("42"), classPath, "Lending.java");
  }

  @Test
  void thePluginOfTheGuideRunsOnTheModulePathAndOnTheClassPath() throws Exception {
    String path = Programs.path(ask());
    List<String> answers = List.of("[HELLO, WORLD]");
    assertPrints(answers, List.of("-p", path, "--add-modules", "pool.core"), "Asking.java", port());
    assertPrints(answers, List.of("-cp", path), "Asking.java", port());
    assertPrints(List.of("HELLO"), List.of("-cp", path), "Alone.java", port());
  }

  @Test
  void thePluginOfTheGuideIsFoundInADirectory() throws Exception {
    try (var pool = Opening.plugin(ask().getParent(), port())) {
      assertEquals("HELLO", pool.submit("hello").join());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRunThatHangsIsUnblockedAndNobodyIsAbandoned(ThreadKind threads) throws Exception {
    var pool =
        WorkerPool.of(in(ask(), "ask"))
            .option("port", port())
            .workers(1)
            .threads(threads)
            .jobTimeout(Duration.ofMillis(100))
            .open();
    CompletableFuture<String> hanging = pool.submit("hang");
    var e = assertThrows(CompletionException.class, hanging::join);
    assertEquals(TimeoutException.class, e.getCause().getClass());
    assertEquals("HELLO", pool.submit("hello").join());
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertTrue(report.isClean(), report::toString);
    assertEquals(2, report.workers().getFirst().opened());
  }

  @Test
  void thePluginCompilesWithoutAWarning() throws Exception {
    Path sources = Programs.SNIPPETS.resolve("ask");
    List<String> args =
        new ArrayList<>(
            List.of("-Xlint:all", "-Werror", "-d", folder.resolve("classes").toString()));
    args.addAll(List.of("-p", Programs.path()));
    for (String file : Packed.sources("ask").keySet()) {
      args.add(sources.resolve(file).toString());
    }
    Sources.run("javac", args.toArray(String[]::new));
    assertTrue(Files.exists(folder.resolve("classes/module-info.class")));
  }
}
