package pool.plugins.example.download;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.WorkerContext;

/** Fetches documents with one HTTP client, within a time and a size. */
final class Fetcher implements AutoCloseable {

  static final Option<Duration> TIMEOUT =
      Option.duration("timeout", Duration.ofSeconds(30), "for one document, redirects included")
          .requiring(Duration::isPositive, "must be more than 0");
  static final Option<String> USER_AGENT =
      Option.optional("user-agent", text -> text, "pool-download/0.1", "what servers are told");
  static final Option<Long> MAX_BYTES =
      Option.optional("max-bytes", Long::valueOf, 10_000_000L, "the largest body to store")
          .requiring(bytes -> bytes >= 1, "must be at least 1");

  private final HttpClient client;
  private final Duration timeout;
  private final String userAgent;
  private final long maxBytes;

  Fetcher(WorkerContext context) {
    this.timeout = context.get(TIMEOUT);
    this.userAgent = context.get(USER_AGENT);
    this.maxBytes = context.get(MAX_BYTES);
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(timeout)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
  }

  /**
   * Fetches a document.
   *
   * @param etag of the stored one, null when there is none
   * @param lastModified of the stored one, null when there is none
   */
  HttpResponse<byte[]> fetch(URI uri, @Nullable String etag, @Nullable String lastModified)
      throws DownloadFailedException, InterruptedException {
    HttpResponse<byte[]> response = send(request(uri, etag, lastModified));
    int status = response.statusCode();
    if (status != 200 && status != 304) {
      throw new DownloadFailedException(status, "HTTP status " + status);
    }
    return response;
  }

  private HttpRequest request(URI uri, @Nullable String etag, @Nullable String lastModified)
      throws DownloadFailedException {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri).timeout(timeout).header("User-Agent", userAgent);
      if (etag != null) {
        request.header("If-None-Match", etag);
      }
      if (lastModified != null) {
        request.header("If-Modified-Since", lastModified);
      }
      return request.build();
    } catch (IllegalArgumentException e) {
      throw new DownloadFailedException(0, "cannot be fetched: " + e.getMessage(), e);
    }
  }

  /** The request's own time-out ends with the headers; this one covers the body as well. */
  private HttpResponse<byte[]> send(HttpRequest request)
      throws DownloadFailedException, InterruptedException {
    long limit = maxBytes; // a handler that refers to this, and so to the client, keeps it for ever
    CompletableFuture<HttpResponse<byte[]>> response =
        client.sendAsync(request, _ -> new LimitedBody(limit));
    try {
      return response.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new DownloadFailedException(0, "timed out after " + timeout, e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      String why = cause instanceof IOException ? cause.getMessage() : null;
      throw new DownloadFailedException(0, why == null ? cause.toString() : why, cause);
    } finally {
      response.cancel(true); // does nothing once it is there
    }
  }

  /** Ends at once: a request that is still under way was given up. */
  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
