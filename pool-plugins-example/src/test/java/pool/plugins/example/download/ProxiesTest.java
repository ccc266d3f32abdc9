package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxies that the environment names, in processes with such an environment. */
@Timeout(120)
class ProxiesTest {

  private static final byte[] TEXT = "text".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"http_proxy", "HTTP_PROXY"})
  void aProxyIsAskedForTheWholeAddress(String variable) throws Exception {
    try (RawServer proxy = new RawServer((head, out) -> RawServer.ok(out, "", TEXT))) {
      Map<String, String> environment = Map.of(variable, "http://me:pw@127.0.0.1:" + proxy.port());
      List<String> out =
          new Child(folder).with(environment).download("http://somewhere.invalid/a?b#c");
      assertTrue(
          out.getFirst().startsWith("Stored[uri=http://somewhere.invalid/a?b,"), out::toString);
      String head = proxy.requests.getFirst();
      assertTrue(head.startsWith("GET http://somewhere.invalid/a?b HTTP/1.1\r\n"), head);
      assertTrue(head.contains("Proxy-Authorization: Basic bWU6cHc=\r\n"), head);
    }
  }

  @Test
  void noProxyIsAskedForWhatIsExcluded() throws Exception {
    try (RawServer proxy = new RawServer((head, out) -> RawServer.ok(out, "", TEXT));
        RawServer server = new RawServer((head, out) -> RawServer.ok(out, "", TEXT))) {
      Map<String, String> environment =
          Map.of("http_proxy", "127.0.0.1:" + proxy.port(), "NO_PROXY", "example.org, 127.0.0.0/8");
      List<String> out =
          new Child(folder).with(environment).download(server.uri("/direct").toString());
      assertTrue(out.getFirst().startsWith("Stored["), out::toString);
      assertEquals(List.of(), proxy.requests);
      assertTrue(server.requests.getFirst().startsWith("GET /direct "), server.requests::toString);
    }
  }

  @Test
  void httpsGoesThroughATunnel() throws Exception {
    try (RawServer proxy =
        new RawServer((head, out) -> RawServer.say(out, "HTTP/1.1 403 No\r\n\r\n"))) {
      Map<String, String> environment = Map.of("https_proxy", "http://127.0.0.1:" + proxy.port());
      new Child(folder).with(environment).download("https://somewhere.invalid/");
      assertTrue(
          proxy.requests.getFirst().startsWith("CONNECT somewhere.invalid:443 "),
          proxy.requests::toString);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "example.org, true",
    "sub.example.org, true",
    "badexample.org, false",
    "dotted.com, true",
    "sub.dotted.com, true",
    "star.net, true",
    "ported.net, false",
    "ported.net:8080, true",
    "10.1.2.3, true",
    "10.2.2.3, false",
    "[::1], true",
    "[fd00::7], true",
    "[fe00::7], false"
  })
  void exclusionsAreReadAsOthersReadThem(String host, boolean direct) {
    Proxies proxies =
        Proxies.of(
            Map.of(
                "http_proxy",
                "http://proxy:3128/",
                "no_proxy",
                "Example.ORG,.dotted.com *.star.net,ported.net:8080,10.1.0.0/16,::1,fd00::/8"));
    URI uri = URI.create("http://" + host + "/");
    assertEquals(direct ? host : "the proxy proxy:3128", proxies.destination(uri));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"socks5://me:secret@proxy:1080", "https://proxy", "http://me:secret@", "::"})
  void aProxyThatCannotBeUsedIsNamed(String value) {
    String message =
        String.valueOf(
            assertThrows(
                    IllegalArgumentException.class, () -> Proxies.of(Map.of("https_proxy", value)))
                .getMessage());
    assertTrue(
        message.startsWith("environment variable https_proxy: expected http://host:port"), message);
    assertFalse(message.contains("secret"), message);
  }

  @Test
  void emptyVariablesMeanNothing() {
    Proxies proxies = Proxies.of(Map.of("http_proxy", "", "no_proxy", " "));
    assertEquals("host", proxies.destination(URI.create("http://host/")));
  }
}
