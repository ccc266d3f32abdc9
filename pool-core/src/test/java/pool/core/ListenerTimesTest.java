package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listeners are told when things were, however late. */
@Timeout(60)
@SuppressWarnings("try")
class ListenerTimesTest {

  private final Recorder recorder = new Recorder();

  @AfterEach
  void nothingIsLeft() throws Exception {
    recorder.assertAllIsOver();
  }

  @Test
  void momentsAreToldWithTheirTimesHoweverLate() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    List<Instant> times = Collections.synchronizedList(new ArrayList<>());
    PoolListener late =
        new PoolListener() {
          @Override
          public void workerOpened(String worker, Instant began, Duration took) {
            times.add(began);
            times.add(began.plus(took));
            PoolBrokenTest.awaitUninterruptibly(release);
          }

          @Override
          public void stateChanged(PoolState state, Instant at) {
            times.add(at);
            if (state == PoolState.CLOSED) {
              closed.countDown();
            }
          }

          @Override
          public void workerClosed(String worker, Instant began, Duration took) {
            times.add(began);
          }
        };
    recorder.onOpen = _ -> passSomeTime();
    Instant before = Instant.now();
    var pool = WorkerPool.of(recorder).workers(1).listener(late).open();
    Instant open = Instant.now();
    pool.close();
    Instant after = Instant.now();
    passSomeTime();
    release.countDown();
    assertTrue(closed.await(20, SECONDS));
    assertEquals(6, times.size(), times::toString);
    List<Instant> all = new ArrayList<>(times);
    all.add(3, open); // after the opening began, ended and the pool was open
    all.addFirst(before);
    all.add(after);
    assertInOrder(all);
  }

  /** 20 ms. */
  static void passSomeTime() {
    long began = System.nanoTime();
    while (System.nanoTime() - began < 20_000_000) {
      Thread.onSpinWait();
    }
  }

  /** But for what the two clocks differ by. */
  private static void assertInOrder(List<Instant> times) {
    for (int i = 1; i < times.size(); i++) {
      assertTrue(times.get(i - 1).isBefore(times.get(i).plusMillis(5)), "at " + i + " of " + times);
    }
  }
}
