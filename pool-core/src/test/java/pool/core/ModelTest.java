package pool.core;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Random histories end as a sequential model says; {@code -Dmodel.seed=N} begins with that one. */
@Tag("long")
@Timeout(300)
class ModelTest {

  private static final int HISTORIES = 1_000;

  @Test
  void randomHistoriesEndAsTheModelSays() throws Exception {
    long first =
        Long.getLong("model.seed", ThreadLocalRandom.current().nextLong(1_000_000_000_000L));
    assertNull(ModelRuns.play(first, HISTORIES));
  }
}
