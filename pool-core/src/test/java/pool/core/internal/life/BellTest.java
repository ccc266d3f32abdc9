package pool.core.internal.life;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.TestSettings;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.util.PoolLock;

@Timeout(60)
class BellTest {

  /** So that it cannot have ended by itself. */
  private static final long LONG = TimeUnit.HOURS.toNanos(1);

  /** The supervisor looks without the lock, and only then says when it looks next. */
  @Test
  void whatIsDueBeforeTheNextLookIsNotMissedThoughItWasSaidDuringThisOne() {
    Lifecycle life =
        new Lifecycle(
            new PoolEvents("echo", null),
            TestSettings.with(builder -> builder.workers(1).openTimeout(Duration.ofMinutes(5))));
    PoolLock lock = new PoolLock();
    Bell bell = new Bell(lock, life, () -> true);
    life.beginOpening();
    life.workerOpened();
    try (var _ = lock.hold()) {
      bell.ring();
      assertTrue(bell.await(1_000, false));
      bell.ringBy(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(5));
      assertTrue(bell.await(LONG, false));
    }
  }
}
