package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerContext;

/** What servers answer, and worse. */
@SuppressWarnings("try")
@Timeout(60)
class FetcherTest {

  private static final byte[] TEXT = "text".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;

  private String url() {
    return "jdbc:sqlite:" + folder.resolve("store.db");
  }

  @FunctionalInterface
  private interface Use {
    void of(Worker<URI, Stored> worker) throws Exception;
  }

  private void download(Use use) throws Exception {
    Map<String, String> options =
        Map.of("database", url(), "timeout", "20s", "max-bytes", "1000000");
    try (var context = WorkerContext.standalone(options);
        var worker = new DownloadFactory().open(context)) {
      use.of(worker);
    }
  }

  private static DownloadFailedException failure(Worker<URI, Stored> worker, URI uri) {
    return assertThrows(DownloadFailedException.class, () -> worker.run(uri));
  }

  /** Of one that is to be tried again. */
  private static DownloadFailedException delay(Worker<URI, Stored> worker, String uri) {
    RetryLaterException e =
        assertThrows(RetryLaterException.class, () -> worker.run(URI.create(uri)));
    return assertInstanceOf(DownloadFailedException.class, e.getCause());
  }

  private List<Map<String, Object>> query(String sql) throws Exception {
    try (var context = WorkerContext.standalone(Map.of("database", url()));
        var worker = new QueryFactory().open(context)) {
      return worker.run(sql).rows();
    }
  }

  @Test
  void aServerThatRefusesToUpgradeIsNotAskedTo() throws Exception {
    try (RawServer server =
        new RawServer((head, out) -> {
          if (!head.contains("Upgrade")) {
            RawServer.ok(out, "", TEXT);
          } // or hangs up
        })) {
      download(worker -> assertEquals(4, worker.run(server.uri("/")).bytes()));
      assertFalse(server.requests.getFirst().contains("HTTP2-Settings"), server.requests::toString);
    }
  }

  /** As a browser: /start leads to the location, and what it asks for then is the second path. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/a b            | /a%20b",
        "/\u00c3\u00bc   | /%C3%BC", // the bytes of an umlaut in UTF-8
        "/100%           | /100%25",
        "/[1]?q=[2]      | /%5B1%5D?q=[2]",
        "below/it        | /folder/below/it",
        "../up           | /up",
        "../../../up     | /up",
        "?query          | /folder/start?query",
        "/x#fragment     | /x",
        "\\back\\slash   | /back/slash",
        "//HOST/abs      | /abs",
        "http://HOST     | /",
        "HTTP://HOST/up  | /up",
      })
  void redirectsLeadWhereBrowsersGo(String location, String path) throws Exception {
    try (RawServer server = new RawServer((head, out) -> startOrText(head, out, location))) {
      download(worker -> {
        Stored stored = worker.run(server.uri("/folder/start"));
        assertEquals(server.uri("/folder/start"), stored.uri());
        assertEquals(200, stored.status());
      });
      assertEquals(path, RawServer.path(server.requests.get(1)));
    }
  }

  private static void startOrText(String head, OutputStream out, String location)
      throws IOException {
    String host = head.replaceFirst("(?s).*\r\nHost: ([^\r]*).*", "$1");
    if (RawServer.path(head).equals("/folder/start")) {
      RawServer.redirect(out, location.replace("HOST", host));
    } else {
      RawServer.ok(out, "", TEXT);
    }
  }

  @Test
  void twentyRedirectsAreFollowedAndNotMore() throws Exception {
    try (RawServer server =
        new RawServer((head, out) -> {
          int left = Integer.parseInt(RawServer.path(head).substring(1));
          if (left == 0) {
            RawServer.ok(out, "", TEXT);
          } else {
            RawServer.redirect(out, "/" + (left - 1));
          }
        })) {
      download(worker -> {
        assertEquals(200, worker.run(server.uri("/20")).status());
        DownloadFailedException e = failure(worker, server.uri("/21"));
        assertEquals(
            "HTTP status 302: redirected more than 20 times, at last to " + server.uri("/0"),
            e.getMessage());
        assertEquals(302, e.status());
      });
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/b/         | in a circle, back to ",
        "/a          | in a circle, back to ",
        "ftp://x/y   | to neither http nor https: 'ftp://x/y'",
        "file:///etc/passwd | to neither http nor https: 'file:///etc/passwd'",
        "http://u:secret@[/ | to what is no address: 'http://[/'",
        "''          | in a circle, back to ",
      })
  void aRedirectThatLeadsNowhereIsOneClearReason(String location, String reason) throws Exception {
    try (RawServer server =
        new RawServer((head, out) ->
            RawServer.redirect(out, RawServer.path(head).equals("/b/") ? "/a" : location))) {
      download(worker -> {
        DownloadFailedException e = failure(worker, server.uri("/a"));
        assertEquals(302, e.status());
        assertTrue(
            e.getMessage().startsWith("HTTP status 302: redirected " + reason), e::getMessage);
      });
      assertEquals(1, query("SELECT * FROM failure WHERE status = 302").size());
    }
  }

  @Test
  void aRedirectWithoutALocationSaysSo() throws Exception {
    try (RawServer server =
        new RawServer((head, out) -> RawServer.say(out, "HTTP/1.1 301 Moved\r\n\r\n"))) {
      download(worker ->
          assertEquals(
              "HTTP status 301: redirected without a Location",
              failure(worker, server.uri("/")).getMessage()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HT\0TP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nETag: a\0b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nE\0Tag: ab\r\n\r\n"
      })
  void aNulInAnAnswerIsAFailureThatIsRecorded(String answer) throws Exception {
    try (RawServer server = new RawServer((head, out) -> RawServer.say(out, answer))) {
      download(worker -> {
        DownloadFailedException e = failure(worker, server.uri("/"));
        assertTrue(e.getMessage().startsWith("Invalid "), e::getMessage);
      });
      String reason = (String) query("SELECT reason FROM failure").getFirst().get("reason");
      assertTrue(reason.startsWith("Invalid ") && reason.contains("\uFFFD"), reason);
    }
  }

  @Test
  void theSameRequestIsTheSameDocument() throws Exception {
    try (RawServer server = new RawServer((head, out) -> RawServer.ok(out, "", TEXT))) {
      URI plain = server.uri("/");
      int port = plain.getPort();
      download(worker -> {
        for (String same :
            List.of("http://127.0.0.1:" + port, plain + "#a", "HTTP://127.0.0.1:" + port + "/#b")) {
          assertEquals(plain, worker.run(URI.create(same)).uri());
        }
        worker.run(server.uri("/\u00fc#c"));
        worker.run(server.uri("/%C3%BC"));
      });
      assertEquals(
          List.of(Map.of("uri", plain.toString()), Map.of("uri", server.uri("/%C3%BC").toString())),
          query("SELECT uri FROM document ORDER BY uri"));
    }
  }

  @Test
  void credentialsAreSentToTheirServerOnlyAndWrittenNowhere() throws Exception {
    try (RawServer other = new RawServer((head, out) -> RawServer.ok(out, "", TEXT));
        RawServer server =
            new RawServer((head, out) -> {
              switch (RawServer.path(head)) {
                case "/away" -> RawServer.redirect(out, other.uri("/").toString());
                case "/missing" -> RawServer.say(out, "HTTP/1.1 404 No\r\n\r\n");
                default -> RawServer.ok(out, "", TEXT);
              }
            })) {
      List<String> shown = new ArrayList<>();
      download(worker -> {
        String base = "http://me:s%C3%A9cret@127.0.0.1:" + server.port();
        shown.add(worker.run(URI.create(base + "/here")).toString());
        shown.add(worker.run(URI.create(base + "/away")).toString());
        shown.add(failure(worker, URI.create(base + "/missing")).toString());
        shown.add(failure(worker, URI.create("http://me:s%C3%A9cret@bad_host/")).toString());
        shown.add(failure(worker, URI.create("ftp://me:s%C3%A9cret@host/")).toString());
        shown.add(delay(worker, "http://me:s%C3%A9cret@127.0.0.1:1/").toString());
      });
      shown.add(query("SELECT * FROM document").toString());
      shown.add(query("SELECT * FROM failure").toString());
      assertEquals(4, query("SELECT * FROM failure").size());
      for (String text : shown) {
        assertFalse(text.contains("cret"), text);
      }
      String basic =
          Base64.getEncoder().encodeToString("me:s\u00e9cret".getBytes(StandardCharsets.UTF_8));
      assertTrue(
          server.requests.getFirst().contains("Authorization: Basic " + basic),
          server.requests::toString);
      assertFalse(other.requests.getFirst().contains("Authorization"), other.requests::toString);
    }
  }

  @Test
  void whatCannotBeReachedSaysWhy() throws Exception {
    download(worker -> {
      assertEquals(
          "no connection to 127.0.0.1:1", delay(worker, "http://127.0.0.1:1/").getMessage());
      assertEquals(
          "unknown host: no-such-host.invalid",
          delay(worker, "http://no-such-host.invalid/").getMessage());
    });
  }

  /** A stored ETag may be nothing that can be sent. */
  @Test
  void anETagOfAnyBytesDoesNotCostTheDocument() throws Exception {
    try (RawServer server =
        new RawServer((head, out) -> RawServer.ok(out, "ETag: \"\u00fc\u0081\"\r\n", TEXT))) {
      download(worker -> {
        assertEquals(200, worker.run(server.uri("/")).status());
        assertEquals(200, worker.run(server.uri("/")).status());
      });
    }
  }

  @Test
  void aLongAnnouncementIsRefusedBeforeItComes() throws Exception {
    try (RawServer server =
        new RawServer((head, out) ->
            RawServer.say(out, "HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\nbegin"))) {
      download(worker ->
          assertEquals(
              "body is larger than max-bytes, 1000000",
              failure(worker, server.uri("/")).getMessage()));
    }
  }

  @Test
  void anErrorWithoutEndIsItsStatus() throws Exception {
    try (RawServer server =
        new RawServer((head, out) -> {
          RawServer.say(out, "HTTP/1.1 500 Oops\r\n\r\n");
          while (true) {
            RawServer.say(out, "and so on ".repeat(100));
          }
        })) {
      download(
          worker -> assertEquals("HTTP status 500", failure(worker, server.uri("/")).getMessage()));
    }
  }
}
