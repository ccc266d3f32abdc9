package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Where threads are few; seen from another JVM. */
@Timeout(120) // a JVM may take long to start
class FewThreadsTest {

  /** Each thread reserves a gigabyte of an address space that has a few. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aWorkerWhoseThreadCannotStartFailsTheOpeningAndLeavesNothing() throws Exception {
    ChildJvm.Ended ended =
        ChildJvm.run(
            List.of("sh", "-c", "ulimit -v 12000000; exec \"$@\"", "sh"),
            List.of(
                "-Xss1g",
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:ReservedCodeCacheSize=64m",
                "-XX:CompressedClassSpaceSize=64m"),
            FewThreadsProgram.class,
            "platform");
    assertEquals(0, ended.status(), ended::toString);
    assertEquals(1, ended.count("failed java.lang.OutOfMemoryError"), ended::toString);
    assertTrue(ended.lines().contains("open 0"), ended::toString);
    assertTrue(ended.lines().contains("threads 0"), ended::toString);
  }

  private static ChildJvm.Ended onOneCarrier(String... more) throws Exception {
    List<String> options = new ArrayList<>(List.of(more));
    options.add("-Djdk.virtualThreadScheduler.parallelism=1");
    options.add("-Djdk.virtualThreadScheduler.maxPoolSize=1");
    return ChildJvm.run(options, FewThreadsProgram.class, "virtual");
  }

  @Test
  void aPoolOnOneCarrierPinsItNowhere() throws Exception {
    ChildJvm.Ended ended = onOneCarrier();
    assertEquals(0, ended.status(), ended::toString);
    assertEquals(0, ended.count("pinned"), ended::toString);
    assertEquals(1, ended.count("seen"), "the job that pins itself: " + ended);
    assertEquals(5, ended.lines().size(), ended::toString);
    assertTrue(
        ended.lines().containsAll(List.of("map 1000", "stream 1000", "submit 1000", "open 0")),
        ended::toString);
  }

  /** An event class that is initialized registers under a lock of the recorder: that would pin. */
  @Test
  void noWorkerInitializesTheClassOfAnEvent() throws Exception {
    ChildJvm.Ended ended = onOneCarrier("-Xlog:class+init:stdout:none");
    List<String> initialized =
        ended.lines().stream()
            .filter(line -> line.contains("Initializing 'pool/core/internal/events/JfrEvents$"))
            .toList();
    assertTrue(
        initialized.stream().anyMatch(line -> line.contains("$JobRun'")), initialized::toString);
    assertEquals(
        List.of(),
        initialized.stream().filter(line -> !line.endsWith("by thread \"main\"")).toList());
  }
}
