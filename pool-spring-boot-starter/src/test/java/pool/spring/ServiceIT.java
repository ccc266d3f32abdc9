package pool.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An executable jar with a plugin and a JDBC driver in it, as a process, over HTTP: while its
 * database comes up, while workers break, and when it is told to end.
 */
class ServiceIT {

  @TempDir static Path packed;

  private static Path jar;

  @TempDir Path folder;

  @BeforeAll
  static void pack() throws Exception {
    jar = ExecutableJar.in(packed);
  }

  private RunningService start(String... more) throws Exception {
    String[] properties = {
      "management.endpoints.web.exposure.include=health,prometheus,pools",
      "management.endpoint.health.show-details=always",
      "pool.pools.ask.factory=query",
      "pool.pools.ask.workers=2",
      "pool.pools.ask.min-open=0",
      "pool.pools.ask.options.database=jdbc:sqlite:" + folder.resolve("late.db"),
      "pool.pools.gate.workers=2",
      "pool.pools.gate.min-open=0"
    };
    String[] all = new String[properties.length + more.length];
    System.arraycopy(properties, 0, all, 0, properties.length);
    System.arraycopy(more, 0, all, properties.length, more.length);
    return new RunningService(jar, folder, all);
  }

  private void open(int gate) throws Exception {
    Files.createFile(folder.resolve("gate-" + gate));
  }

  private static String health(RunningService service, String pool) throws Exception {
    return service.get("/actuator/health/pools/" + pool).body();
  }

  /** What the service shows to Prometheus of a pool, as lines of names, tags and values. */
  private static String metrics(RunningService service) throws Exception {
    return service.get("/actuator/prometheus").body();
  }

  @Test
  void aServiceStartsBeforeItsDatabaseAndAsksItOnceItIsThere() throws Exception {
    try (RunningService service = start()) {
      Conditions.await(() -> health(service, "ask").contains("lastFailure"));
      HttpResponse<String> down = service.get("/actuator/health");
      assertThat(down.statusCode()).isEqualTo(503);
      assertThat(health(service, "ask")).contains("\"status\":\"DOWN\"", "0 of 2 open", "late.db");

      Path made = folder.resolve("made.db");
      try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + made);
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE answers AS SELECT 42 AS answer");
      }
      Files.move(made, folder.resolve("late.db"));
      Conditions.await(() -> health(service, "ask").contains("2 of 2 open"));
      HttpResponse<String> answer =
          service.get("/ask?sql=" + RunningService.encoded("SELECT answer FROM answers"));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).contains("answer=42");
    }
  }

  @Test
  void healthAndMetricsTellEachState() throws Exception {
    try (RunningService service = start()) {
      Conditions.await(() -> health(service, "gate").contains("lastFailure"));
      assertThat(health(service, "gate"))
          .contains("\"status\":\"DOWN\"", "0 of 2 open", "there is no gate-", "password=***")
          .doesNotContain("secret");
      Conditions.await(() -> metrics(service).contains("pool_degraded{pool=\"gate\"} 1.0"));
      assertThat(metrics(service)).contains("pool_workers{pool=\"gate\",state=\"idle\"} 0.0");

      open(0);
      Conditions.await(() -> health(service, "gate").contains("1 of 2 open"));
      assertThat(health(service, "gate")).contains("\"status\":\"UP\"", "\"state\":\"DEGRADED\"");
      assertThat(service.get("/actuator/health/pools/gate").statusCode()).isEqualTo(200);
      Conditions.await(
          () -> metrics(service).contains("pool_workers{pool=\"gate\",state=\"idle\"} 1.0"));
      assertThat(metrics(service)).contains("pool_degraded{pool=\"gate\"} 1.0");

      open(1);
      Conditions.await(() -> health(service, "gate").contains("2 of 2 open"));
      assertThat(health(service, "gate")).contains("\"status\":\"UP\"", "\"state\":\"OPEN\"");
      Conditions.await(() -> metrics(service).contains("pool_degraded{pool=\"gate\"} 0.0"));

      Files.delete(folder.resolve("gate-0"));
      Files.delete(folder.resolve("gate-1"));
      assertThat(service.get("/later?name=break").body()).isEqualTo("failed");
      assertThat(service.get("/later?name=break").body()).isEqualTo("failed");
      Conditions.await(() -> health(service, "gate").contains("\"status\":\"DOWN\""));
      Conditions.await(
          () -> metrics(service).contains("pool_workers_broken_total{pool=\"gate\"} 2.0"));

      open(0);
      Conditions.await(() -> health(service, "gate").contains("1 of 2 open"));
      CompletableFuture<HttpResponse<String>> job = service.start("/jobs?names=a");
      Conditions.await(() -> Files.exists(folder.resolve("a.started")));
      assertThat(service.post("/close").statusCode()).isEqualTo(200);
      assertThat(health(service, "gate"))
          .contains("\"status\":\"OUT_OF_SERVICE\"", "\"state\":\"CLOSING\"", "\"running\":1");
      assertThat(service.get("/actuator/health/pools/gate").statusCode()).isEqualTo(503);
      Conditions.await(() -> metrics(service).contains("pool_jobs_running{pool=\"gate\"} 1.0"));
      Files.createFile(folder.resolve("a"));
      assertThat(job.get(30, TimeUnit.SECONDS).body()).isEqualTo("[\"a is done\"]");
    }
  }

  @Test
  void aServiceThatIsToldToEndAnswersItsRequestsAndThenClosesItsPools() throws Exception {
    open(0);
    open(1);
    try (RunningService service = start()) {
      CompletableFuture<HttpResponse<String>> request = service.start("/jobs?names=a,b");
      Conditions.await(() -> Files.exists(folder.resolve("a.started")));

      // Nobody was granted to do more than to read.
      assertThat(service.get("/actuator/pools/gate").body())
          .contains("\"state\":\"RUNNING\"", "\"currentJobSince\"")
          .contains("\"currentJob\":null")
          .doesNotContain("\"currentJob\":\"");
      assertThat(service.get("/actuator/pools/other").statusCode()).isEqualTo(404);
      assertThat(service.post("/actuator/pools/gate").statusCode()).isEqualTo(405);

      service.terminate();
      Conditions.await(service::refusesConnections);
      assertThat(service.log()).doesNotContain("pool 'gate' closed");
      assertThat(request).isNotDone();
      Files.createFile(folder.resolve("a"));
      Conditions.await(() -> Files.exists(folder.resolve("b.started"))); // it was accepted
      Files.createFile(folder.resolve("b"));
      HttpResponse<String> answer = request.get(30, TimeUnit.SECONDS);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("[\"a is done\",\"b is done\"]");
      assertThat(service.awaitExit()).isEqualTo(143);
      assertThat(service.log())
          .containsSubsequence(
              "Graceful shutdown complete", "pool 'gate' closed cleanly", "2 succeeded")
          .contains("pool 'ask' closed cleanly")
          .doesNotContain("uncleanly");
    }
  }

  @Test
  void theEndpointReplacesWorkersWhereAccessIsGranted() throws Exception {
    open(0);
    open(1);
    try (RunningService service = start("management.endpoint.pools.access=unrestricted")) {
      Conditions.await(() -> health(service, "gate").contains("2 of 2 open"));
      HttpResponse<String> done = service.post("/actuator/pools/gate");
      assertThat(done.statusCode()).isEqualTo(200);
      assertThat(done.body()).contains("\"replaced\":2", "\"left\":0", "\"complete\":true");
      assertThat(service.get("/actuator/pools").body()).contains("\"opened\":2");

      Files.delete(folder.resolve("gate-0"));
      assertThat(service.post("/actuator/pools/gate").body())
          .contains("\"replaced\":0", "\"complete\":false", "there is no gate-0")
          .doesNotContain("secret");
      assertThat(service.post("/actuator/pools/other").statusCode()).isEqualTo(400);
    }
  }
}
