package pool.core.internal.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.Await;
import pool.core.TestSettings;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.util.PoolLock;

@Timeout(60)
class BellTest {

  /** So that it cannot have ended by itself. */
  private static final long LONG = TimeUnit.HOURS.toNanos(1);

  private final Lifecycle life =
      new Lifecycle(
          new PoolEvents("echo", null),
          TestSettings.with(builder -> builder.workers(1).openTimeout(Duration.ofMinutes(5))));
  private final PoolLock lock = new PoolLock();
  private int starts;
  private boolean canStart = true;
  private final Bell bell =
      new Bell(
          lock,
          life,
          () -> {
            starts++;
            return canStart;
          });

  private void openPool() {
    life.beginOpening();
    life.workerOpened();
  }

  /** The supervisor looks without the lock, and only then says when it looks next. */
  @Test
  void whatIsDueBeforeTheNextLookIsNotMissedThoughItWasSaidDuringThisOne() {
    openPool();
    try (var _ = lock.hold()) {
      bell.ring();
      assertTrue(bell.await(1_000, false));
      bell.ringBy(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(5));
      assertTrue(bell.await(LONG, false));
    }
  }

  @Test
  void theFirstRingOfAnOpenPoolStartsTheSupervisor() {
    try (var _ = lock.hold()) {
      life.beginOpening();
      bell.ring();
      assertEquals(0, starts, "its opener keeps time");
      life.workerOpened();
      canStart = false;
      bell.ring();
      canStart = true;
      bell.ring();
      assertEquals(2, starts);
      bell.ring();
      assertEquals(2, starts);
    }
  }

  @Test
  void aRingThatCameBeforeTheDozeEndsIt() {
    openPool();
    try (var _ = lock.hold()) {
      bell.ring();
      assertTrue(bell.await(LONG, true));
      long began = System.nanoTime();
      assertTrue(bell.await(2_000_000, true));
      assertTrue(System.nanoTime() - began >= 2_000_000, "it has ended one doze only");
    }
  }

  @Test
  void nothingIsStartedAndNobodyWaitsWhenAllIsOver() {
    openPool();
    try (var _ = lock.hold()) {
      bell.end();
      bell.ring();
      assertEquals(0, starts);
      assertFalse(bell.await(LONG, false));
    }
  }

  @Test
  void whoWaitsIsCalledOnlyForWhatIsDueBeforeItLooksNext() throws Exception {
    openPool();
    Thread supervisor =
        Thread.ofPlatform()
            .daemon(true)
            .start(() -> {
              try (var _ = lock.hold()) {
                boolean _ = bell.await(LONG, false);
              }
            });
    Await.until("it waits", () -> supervisor.getState() == Thread.State.TIMED_WAITING);
    try (var _ = lock.hold()) {
      bell.ring();
      bell.ringBy(System.nanoTime() + 2 * LONG);
    }
    assertFalse(supervisor.join(Duration.ofMillis(20)));
    try (var _ = lock.hold()) {
      bell.ringBy(System.nanoTime() + LONG / 2);
    }
    assertTrue(supervisor.join(Duration.ofSeconds(20)));
  }

  @Test
  void whoDozesIsCalledByAnyRingAndByTheEnd() throws Exception {
    openPool();
    for (Runnable call : new Runnable[] {bell::ring, bell::end}) {
      try (var _ = lock.hold()) {
        bell.ring(); // so that it counts as started
        boolean _ = bell.await(1_000, false);
      }
      Thread supervisor =
          Thread.ofPlatform()
              .daemon(true)
              .start(() -> {
                try (var _ = lock.hold()) {
                  boolean _ = bell.await(LONG, true);
                }
              });
      Await.until("it dozes", () -> supervisor.getState() == Thread.State.TIMED_WAITING);
      try (var _ = lock.hold()) {
        call.run();
      }
      assertTrue(supervisor.join(Duration.ofSeconds(20)));
    }
  }
}
