package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * Every promise under every fault at once: 30 seconds of {@link Chaos}, or {@code
 * -Dchaos.seconds=N}; {@code -Dchaos.seed=N} plays one seed all that time.
 */
class ChaosTest {

  @Test
  void aSeedAlwaysGivesTheSamePlan() {
    ChaosPlan one = new ChaosPlan(42);
    ChaosPlan again = new ChaosPlan(42);
    assertEquals(one.toString(), again.toString());
    assertEquals(one.submitters.toString(), again.submitters.toString());
    assertEquals(one.faults(3, 2), again.faults(3, 2));
    assertNotEquals(one.toString(), new ChaosPlan(43).toString());
  }

  @Test
  @SuppressWarnings("SystemOut") // one line, since it tells how much was tried
  void nothingIsLostWhateverGoesWrong() throws Exception {
    ChaosTally counters = new ChaosTally();
    ChaosRuns.play(
        Duration.ofSeconds(Long.getLong("chaos.seconds", 6)), Long.getLong("chaos.seed"), counters);
    System.out.println("chaos: " + counters.summary() + ": nothing lost");
  }
}
