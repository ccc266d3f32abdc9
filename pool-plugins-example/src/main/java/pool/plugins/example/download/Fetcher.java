package pool.plugins.example.download;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.RetryLaterException;
import pool.api.WorkerContext;

/** Fetches documents with one HTTP client, within limits of time and size. */
final class Fetcher implements AutoCloseable {

  static final Option<Duration> TIMEOUT =
      Option.duration("timeout", Duration.ofSeconds(30), "for one document, redirects included")
          .requiring(Duration::isPositive, "must be more than 0");
  static final Option<Duration> MAX_WAIT =
      Option.duration("max-wait", Duration.ofMinutes(10), "what a busy server may ask for at most")
          .requiring(wait -> !wait.isNegative(), "must not be negative");
  static final Option<String> USER_AGENT =
      Option.<String>optional(
              "user-agent", text -> text, "pool-download/0.1", "what servers are told")
          .requiring(text -> text.matches("[ -~]+"), "must be printable ASCII");
  static final Option<Long> MAX_BYTES =
      Option.optional("max-bytes", Long::valueOf, 10_000_000L, "the largest body to store")
          .requiring(bytes -> bytes >= 1, "must be at least 1")
          .requiring(bytes -> bytes <= 2_000_000_000, "must be at most 2000000000");

  private static final Duration LONGEST_TO_CONNECT = Duration.ofSeconds(10);
  private static final int MAX_REDIRECTS = 20; // as browsers
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final int MOST_CAUSES = 10; // causes may form a circle
  private static final int LONGEST_REASON = 500;

  private final HttpClient client;
  private final HostPauses hosts;
  private final Proxies proxies;
  private final Duration timeout;
  private final Duration maxWait;
  private final String userAgent;
  private final long maxBytes;

  /** Uses HTTP/1.1: a worker fetches one document at a time, and some servers refuse to upgrade. */
  Fetcher(WorkerContext context, HostPauses hosts) {
    this.hosts = hosts;
    this.timeout = context.get(TIMEOUT);
    this.maxWait = context.get(MAX_WAIT);
    this.userAgent = context.get(USER_AGENT);
    this.maxBytes = context.get(MAX_BYTES);
    this.proxies = Proxies.of(System.getenv());
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(connectTimeout(timeout))
            .proxy(proxies)
            .build();
    hosts.join();
  }

  /** Less than the whole time-out, to distinguish a host that does not accept from a slow one. */
  private static Duration connectTimeout(Duration timeout) {
    Duration half = timeout.dividedBy(2).plusNanos(1);
    return half.compareTo(LONGEST_TO_CONNECT) < 0 ? half : LONGEST_TO_CONNECT;
  }

  /**
   * Fetches a document, wherever redirects lead.
   *
   * @param etag the ETag of the stored document, null when there is none
   * @param lastModified the Last-Modified of the stored document, null when there is none
   * @throws DownloadFailedException when it cannot be fetched
   * @throws RetryLaterException when the server is busy or cannot be reached; its cause is a {@link
   *     DownloadFailedException}
   */
  HttpResponse<byte[]> fetch(Address address, @Nullable String etag, @Nullable String lastModified)
      throws Exception {
    long deadline = System.nanoTime() + timeout.toNanos();
    Set<Address> visited = new HashSet<>();
    Address place = address;
    while (true) {
      deadline += awaitPause(place);
      HttpRequest.Builder request = request(place, address);
      validate(request, "If-None-Match", etag);
      validate(request, "If-Modified-Since", lastModified);
      HttpResponse<byte[]> response = send(request, place, deadline);
      int status = response.statusCode();
      if (status == TOO_MANY_REQUESTS || status == UNAVAILABLE) {
        throw busy(place, response);
      }
      hosts.answered(place);
      if (status == 200 || status == 304) {
        return response;
      }
      if (!REDIRECTS.contains(status)) {
        throw new DownloadFailedException(status, "HTTP status " + status);
      }
      visited.add(place);
      place = next(place, response);
      if (visited.contains(place)) {
        throw redirect(status, "in a circle, back to " + place.uri());
      }
      if (visited.size() > MAX_REDIRECTS) {
        throw redirect(status, "more than " + MAX_REDIRECTS + " times, at last to " + place.uri());
      }
    }
  }

  /**
   * Waits for the end of a pause of the host, if enough workers are left.
   *
   * @return how long that took, in nanoseconds
   * @throws RetryLaterException as {@link #fetch}, when the job must not wait in the worker
   */
  long awaitPause(Address place) throws Exception {
    long begin = System.nanoTime();
    HostPauses.Pause pause = hosts.pauseOf(place);
    while (pause != null) {
      if (!hosts.beginWait(pause.remaining())) {
        throw putOff(place, pause);
      }
      try {
        Thread.sleep(pause.remaining());
      } finally {
        hosts.endWait();
      }
      pause = hosts.pauseOf(place);
    }
    return System.nanoTime() - begin;
  }

  /** Makes a separate reason for each job: what is added to it must not appear in another job's. */
  private Exception putOff(Address place, HostPauses.Pause pause) {
    String why = String.valueOf(pause.reason().getMessage());
    int status = pause.reason().status();
    if (pause.remaining().compareTo(maxWait) > 0) {
      long seconds = pause.remaining().plusNanos(999_999_999).toSeconds();
      return new DownloadFailedException(
          status,
          "%s; it asks to wait %d s, and max-wait is %d s"
              .formatted(why, seconds, maxWait.toSeconds()));
    }
    return new RetryLaterException(
        hosts.turn(place, maxWait), new DownloadFailedException(status, why, pause.reason()));
  }

  /**
   * A server that says how long to wait, or that there were too many requests, means all requests.
   * Otherwise perhaps only this document is not available.
   */
  private Exception busy(Address place, HttpResponse<?> response) {
    int status = response.statusCode();
    var reason = new DownloadFailedException(status, "HTTP status " + status);
    Duration asked = RetryAfter.of(response.headers(), Instant.now());
    return asked == null && status == UNAVAILABLE
        ? new RetryLaterException(hosts.backOff(place), reason)
        : putOff(place, hosts.pause(place, asked, reason));
  }

  private HttpRequest.Builder request(Address place, Address address)
      throws DownloadFailedException {
    try {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(place.uri())
              .header("User-Agent", userAgent)
              .header("Accept-Encoding", "identity"); // others read what is stored
      String authorization = address.authorization();
      if (authorization != null && place.isSameOrigin(address)) {
        request.header("Authorization", authorization);
      }
      String forProxy = proxies.authorization(place.uri());
      if (forProxy != null) {
        request.header("Proxy-Authorization", forProxy);
      }
      return request;
    } catch (IllegalArgumentException e) {
      throw new DownloadFailedException(0, "cannot be fetched: " + e.getMessage(), e);
    }
  }

  /** Skips a value that is not allowed in a request, although a server sent it. */
  private static void validate(HttpRequest.Builder request, String header, @Nullable String value) {
    if (value != null && value.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      request.header(header, value);
    }
  }

  private static Address next(Address place, HttpResponse<?> response)
      throws DownloadFailedException {
    int status = response.statusCode();
    String location = response.headers().firstValue("Location").orElse(null);
    if (location == null) {
      throw redirect(status, "without a Location");
    }
    Address next;
    try {
      next = place.follow(location);
    } catch (URISyntaxException | IllegalArgumentException e) {
      String shown = location.replaceAll("//[^/]*@", "//");
      throw redirect(status, "to what is no address: '" + brief(shown) + "'");
    }
    String scheme = String.valueOf(next.uri().getScheme());
    if (!scheme.equals("http") && !scheme.equals("https")) {
      throw redirect(status, "to neither http nor https: '" + brief(next.uri().toString()) + "'");
    }
    if (scheme.equals("http") && "https".equals(place.uri().getScheme())) {
      throw redirect(status, "from https to http, which is not followed: " + next.uri());
    }
    return next;
  }

  private static DownloadFailedException redirect(int status, String what) {
    return new DownloadFailedException(status, "HTTP status " + status + ": redirected " + what);
  }

  /** Limits the whole exchange; the request's own time-out ends when the headers have come. */
  private HttpResponse<byte[]> send(HttpRequest.Builder request, Address place, long deadline)
      throws Exception {
    long left = Math.max(1, deadline - System.nanoTime());
    hosts.sending(place);
    // A handler that referred to this, and so to the client, would keep the client for ever.
    CompletableFuture<HttpResponse<byte[]>> response =
        client.sendAsync(
            request.timeout(Duration.ofNanos(left)).build(), LimitedBody.handler(maxBytes));
    try {
      return response.get(left, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new DownloadFailedException(0, "timed out after " + timeout, e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw failed(place, cause);
    } finally {
      response.cancel(true); // does nothing when the response is there
    }
  }

  /**
   * A host that cannot be reached is paused. A host that hangs up may do so only for this document.
   */
  private Exception failed(Address place, Throwable cause) {
    var reason = new DownloadFailedException(0, reason(cause, place), cause);
    if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
      return putOff(place, hosts.pause(place, null, reason));
    }
    return hasHungUp(cause) ? new RetryLaterException(hosts.backOff(place), reason) : reason;
  }

  private static boolean hasHungUp(Throwable cause) {
    return anyCause(cause, e -> e instanceof EOFException || e instanceof SocketException);
  }

  private static boolean anyCause(Throwable failure, Predicate<Throwable> test) {
    Throwable each = failure;
    for (int i = 0; i < MOST_CAUSES && each != null; i++, each = each.getCause()) {
      if (test.test(each)) {
        return true;
      }
    }
    return false;
  }

  private String reason(Throwable cause, Address place) {
    if (anyCause(cause, UnresolvedAddressException.class::isInstance)) {
      return "unknown host: " + proxies.destination(place.uri());
    }
    String why = cause instanceof IOException ? cause.getMessage() : null;
    if (why == null && cause instanceof ConnectException) {
      return "no connection to " + proxies.destination(place.uri());
    }
    return brief(why == null ? cause.toString() : why);
  }

  private static String brief(String text) {
    return text.length() <= LONGEST_REASON ? text : text.substring(0, LONGEST_REASON) + "...";
  }

  /** Ends at once: the job of a request that is still under way was given up. */
  @Override
  public void close() {
    hosts.leave();
    client.shutdownNow();
    client.close();
  }
}
