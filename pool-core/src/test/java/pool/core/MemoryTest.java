package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where there is no memory left; seen from another JVM. */
@Timeout(120)
class MemoryTest {

  @ParameterizedTest
  @CsvSource({"submit, VIRTUAL", "submit, PLATFORM", "mapAll, PLATFORM"})
  void jobsThatFillTheMemoryLoseNoJobAndNoWorker(String call, String threads) throws Exception {
    ChildJvm.Ended ended =
        ChildJvm.run(List.of("-Xmx40m", "-XX:+UseG1GC"), MemoryProgram.class, call, threads);
    assertEquals(0, ended.status(), ended::toString);
    assumeFalse(ended.lines().contains(MemoryProgram.NO_SCHEDULER), "the JDK lost its scheduler");
    assertEquals(
        List.of("undone 0", "lost 0", "abandoned 0", "unclosed 0"),
        ended.lines().stream().filter(line -> !line.startsWith(MemoryProgram.DETAIL)).toList(),
        ended::toString);
  }

  @Test
  void aMillionWaitingJobsAreReturnedThoughTheirListNeedsTheRestOfTheMemory() throws Exception {
    int jobs = 1_000_000;
    ChildJvm.Ended ended =
        ChildJvm.run(
            List.of("-Xmx80m", "-XX:+UseSerialGC"),
            MemoryProgram.class,
            "close",
            String.valueOf(jobs));
    assertEquals(0, ended.status(), ended::toString);
    assertTrue(ended.lines().contains("undone 0"), ended::toString);
    assertTrue(ended.lines().contains("lost 0"), ended::toString);
    assertTrue(ended.lines().contains("unclosed 0"), ended::toString);
    assertTrue(ended.lines().contains("unlisted 0"), ended::toString);
  }
}
