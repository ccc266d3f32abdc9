package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hostile framing against a process of a small heap. */
@Timeout(180)
class BodyMemoryTest {

  @TempDir Path folder;

  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  private List<String> download(RawServer.Answer answer) throws Exception {
    try (RawServer server = new RawServer(answer)) {
      return new Child(folder, "-Xmx48m", "-XX:+ExitOnOutOfMemoryError")
          .download("max-bytes=4000000", "timeout=60s", server.uri("/").toString());
    }
  }

  @Test
  void aBodyInChunksOfOneByteTakesNoMoreThanItsBytes() throws Exception {
    String thousand = "1\r\nx\r\n".repeat(1_000);
    List<String> lines =
        download((head, out) -> {
          RawServer.say(out, CHUNKED);
          for (int i = 0; i < 3_900; i++) {
            RawServer.say(out, thousand);
          }
          RawServer.say(out, "0\r\n\r\n");
        });
    assertTrue(lines.getFirst().contains("status=200, bytes=3900000,"), lines::toString);
  }

  @Test
  void floodsOfFramesEndInAFailure() throws Exception {
    byte[] settings = {0, 0, 0, 4, 0, 0, 0, 0, 0}; // a frame of HTTP/2
    List<String> lines =
        download((head, out) -> {
          RawServer.say(
              out,
              "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
          for (int i = 0; i < 30_000_000; i++) {
            out.write(settings);
          }
        });
    assertEquals(1, lines.size());
    assertTrue(lines.getFirst().contains("Unexpected 101 response"), lines::toString);
  }
}
