package pool.flink.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LeashTest {

  /** A program without end. */
  static final class Endless {
    public static void main(String[] arguments) throws Exception {
      System.out.println(String.join(" ", arguments));
      new CountDownLatch(1).await();
    }
  }

  @Test
  void aProcessEndsWhenItsStandardInputDoes(@TempDir Path folder) throws Exception {
    Path jar = Jars.jar(folder.resolve("leash.jar"), Map.of(), Leash.class, Endless.class);
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(
                java,
                "-cp",
                jar.toString(),
                Leash.class.getName(),
                Endless.class.getName(),
                "it",
                "runs")
            .start();
    try {
      assertEquals("it runs", process.inputReader().readLine());
      process.outputWriter().close();
      assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it is still there");
    } finally {
      process.destroyForcibly();
    }
  }
}
