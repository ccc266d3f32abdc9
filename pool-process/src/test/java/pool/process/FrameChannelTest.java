package pool.process;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class FrameChannelTest {

  private static final long A_WHILE = TimeUnit.SECONDS.toNanos(10);

  @TempDir Path folder;

  private SocketChannel raw;
  private FrameChannel channel;

  @BeforeEach
  void connect() throws Exception {
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("s"));
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(address);
      raw = SocketChannel.open(address);
      channel = new FrameChannel(server.accept());
    }
  }

  @AfterEach
  void close() throws Exception {
    raw.close();
    channel.close();
  }

  private void send(byte[] bytes) throws Exception {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      int _ = raw.write(buffer);
    }
  }

  private static byte[] frame(int kind, byte[] body) {
    return ByteBuffer.allocate(5 + body.length)
        .putInt(body.length)
        .put((byte) kind)
        .put(body)
        .array();
  }

  @Test
  void aFrameThatComesInPartsIsReadWhenItIsWhole() throws Exception {
    byte[] bytes = frame(7, new byte[] {1, 2, 3});
    for (byte each : bytes) {
      assertNull(channel.read(0));
      send(new byte[] {each});
    }
    FrameChannel.Frame frame = channel.read(A_WHILE);
    assertEquals(7, frame.kind());
    assertArrayEquals(new byte[] {1, 2, 3}, frame.body().readAllBytes());
    assertNull(channel.read(0));
  }

  @Test
  void whatHasComeIsSeenWithoutAWait() throws Exception {
    assertNull(channel.read(1));
    send(frame(1, new byte[0]));
    send(frame(2, new byte[0]));
    assertEquals(1, channel.read(0).kind());
    assertEquals(2, channel.read(0).kind());
    raw.close();
    assertThrows(EOFException.class, () -> channel.read(0));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_530, 65_531, 65_536, 300_000, 5_000_000})
  void framesOfAnyLengthAreWrittenAndRead(int length) throws Exception {
    byte[] body = new byte[length];
    new Random(length).nextBytes(body);
    CompletableFuture<byte[]> echoed =
        CompletableFuture.supplyAsync(() -> {
          try {
            ByteBuffer all = ByteBuffer.allocate(5 + length);
            while (all.hasRemaining()) {
              int _ = raw.read(all);
            }
            send(all.array());
            return all.array();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    channel.write(9, body, () -> {});
    FrameChannel.Frame frame = null;
    while (frame == null) {
      frame = channel.read(A_WHILE);
    }
    assertArrayEquals(body, frame.body().readAllBytes());
    assertArrayEquals(frame(9, body), echoed.get(10, TimeUnit.SECONDS));
  }

  @Test
  void aLengthThatIsALieIsRefusedAndNoMemoryIsTakenForOneThatDoesNotCome() throws Exception {
    send(ByteBuffer.allocate(5).putInt(FrameChannel.LARGEST).put((byte) 1).array());
    assertNull(channel.read(1)); // it waits for the rest, with little room
    send(new byte[100]);
    assertNull(channel.read(1));
    raw.close();
    assertThrows(EOFException.class, () -> channel.read(A_WHILE));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, FrameChannel.LARGEST + 1})
  void aLengthThatNoFrameHasIsRefused(int length) throws Exception {
    send(ByteBuffer.allocate(5).putInt(length).put((byte) 1).array());
    assertThrows(BadMessageException.class, () -> channel.read(A_WHILE));
  }

  @Test
  void aWakeUpBeforeTheWaitEndsIt() throws Exception {
    channel.wakeUp();
    assertNull(channel.read(Long.MAX_VALUE));
    send(frame(1, new byte[0]));
    assertNotNull(channel.read(A_WHILE));
  }

  @Test
  void aCloseEndsTheWaitOfAnotherThread() throws Exception {
    CompletableFuture<IOException> failed =
        CompletableFuture.supplyAsync(
            () -> assertThrows(IOException.class, () -> channel.read(Long.MAX_VALUE)));
    Thread.sleep(50); // either way it is to end
    channel.close();
    assertNotNull(failed.get(10, TimeUnit.SECONDS));
  }
}
