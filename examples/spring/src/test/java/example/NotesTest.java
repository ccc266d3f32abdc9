package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import pool.core.PoolState;
import pool.core.WorkerPool;

/** The service over HTTP, also while it stops. */
@Timeout(60)
class NotesTest {

  private final HttpClient client = HttpClient.newHttpClient();
  private ConfigurableApplicationContext service;
  private URI address;

  @BeforeEach
  void start() {
    service = SpringApplication.run(NotesService.class, "--server.port=0");
    address =
        URI.create(
            "http://localhost:" + service.getEnvironment().getProperty("local.server.port"));
  }

  @AfterEach
  void stop() {
    service.close();
    client.close();
  }

  private HttpRequest put(long id, String text) {
    return HttpRequest.newBuilder(address.resolve("/notes/" + id))
        .header("Content-Type", "text/plain")
        .PUT(BodyPublishers.ofString(text))
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  private HttpResponse<String> get(String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(5)).build();
    return client.send(request, BodyHandlers.ofString());
  }

  @Test
  void metersCountWhatThePoolsDid() throws Exception {
    assertEquals(404, get("/notes/404").statusCode());
    Callable<Boolean> isCounted =
        () ->
            get("/actuator/prometheus")
                .body()
                .contains("pool_run_seconds_count{outcome=\"succeeded\",pool=\"reader\"} 1");
    while (!isCounted.call()) { // a listener counts it a little later
      Thread.onSpinWait();
    }
  }

  @Test
  void aNoteIsStoredAndFound() throws Exception {
    assertEquals("1", client.send(put(7, "milk"), BodyHandlers.ofString()).body());
    assertEquals("{\"id\":7,\"text\":\"milk\"}", get("/notes/7").body());
    assertEquals(404, get("/notes/8").statusCode());
    assertTrue(get("/actuator/health/pools").body().contains("2 of 2 open"));
  }

  @Test
  void aServiceThatStopsAnswersItsRequestsAndThenClosesItsPools() throws Exception {
    WorkerPool<?, ?> writer = service.getBean("writerPool", WorkerPool.class);
    String url = service.getEnvironment().getProperty("database");
    try (Connection other = DriverManager.getConnection(url)) {
      other.setAutoCommit(false); // whoever writes this row now, waits
      other.createStatement().execute("INSERT INTO notes (id, text) VALUES (1, '')");
      CompletableFuture<HttpResponse<String>> request =
          client.sendAsync(put(1, "bread"), BodyHandlers.ofString());
      await(() -> writer.stats().running() == 1);

      Thread stopping = Thread.startVirtualThread(service::close);
      await(this::isRefused);
      assertEquals(PoolState.OPEN, writer.stats().state());
      assertFalse(request.isDone());
      other.rollback();

      assertEquals(200, request.get(20, TimeUnit.SECONDS).statusCode());
      assertTrue(stopping.join(Duration.ofSeconds(20)));
      assertEquals(PoolState.CLOSED, writer.stats().state());
    }
  }

  private boolean isRefused() {
    try (HttpClient fresh = HttpClient.newHttpClient()) {
      fresh.send(
          HttpRequest.newBuilder(address).timeout(Duration.ofSeconds(1)).build(),
          BodyHandlers.discarding());
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      return false; // it may only be slow
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!condition.call()) {
      assertTrue(System.nanoTime() < end, "still not so after 20 s");
      Thread.sleep(5);
    }
  }
}
