package guide;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

/** Jobs that are run again later. */
final class Retrying {

  private Retrying() {}

  @SuppressWarnings("try") // close() may be interrupted
  // @start region="too-many-requests"
  static final class Fetcher implements Worker<URI, String> {

    private final HttpClient client;

    Fetcher(WorkerContext context) {
      client = context.own(HttpClient.newHttpClient());
    }

    @Override
    public String run(URI address) throws Exception {
      HttpRequest request = HttpRequest.newBuilder(address).build();
      HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
      if (response.statusCode() == 429) {
        throw new RetryLaterException(retryAfter(response)).pausingPool();
      }
      return response.body();
    }

    private static Duration retryAfter(HttpResponse<?> response) {
      return response
          .headers()
          .firstValue("Retry-After")
          .filter(value -> value.matches("\\d{1,9}")) // it may be a date as well
          .map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))
          .orElse(Duration.ofSeconds(1));
    }
  }

  // @end

  static List<String> fetch(List<URI> addresses) {
    // @start region="max-retries"
    WorkerFactory<URI, String> fetching =
        WorkerFactory.of("fetch", URI.class, String.class, Fetcher::new);
    try (WorkerPool<URI, String> pool = WorkerPool.of(fetching).maxRetries(5).open()) {
      return pool.map(addresses);
    }
    // @end
  }

  static WorkerPool<String, String> backOff(WorkerFactory<String, String> asking) {
    // @start region="back-off"
    WorkerPool<String, String> pool =
        WorkerPool.of(asking)
            .retryOn(
                failure -> failure instanceof WorkerBrokenException, // the connection was lost
                Duration.ofMillis(100), // then 200 ms, 400 ms, ...
                Duration.ofSeconds(10))
            .maxRetries(8)
            .open();
    // @end
    return pool;
  }
}
