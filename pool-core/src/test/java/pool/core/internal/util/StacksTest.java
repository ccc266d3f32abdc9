package pool.core.internal.util;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.Await;

@Timeout(60)
class StacksTest {

  @Test
  void aThreadThatWaitsOnASocketIsWhereItHasCalledThat() throws Exception {
    try (ServerSocket server = new ServerSocket(0)) {
      Thread thread = Thread.ofPlatform().daemon().start(() -> awaitCaller(server));
      Await.until("it waits", () -> isInNet(thread));
      assertTrue(Stacks.place(thread).contains("StacksTest.awaitCaller"), Stacks.place(thread));
    }
  }

  private static boolean isInNet(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getClassName().startsWith("sun.nio.ch."));
  }

  private static void awaitCaller(ServerSocket server) {
    try {
      server.accept().close();
    } catch (IOException e) {
      // it is closed
    }
  }
}
