package pool.flink;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** What the workers of the tests' factory did, all of which are in this process. */
final class Probe {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final ReentrantLock LOCK = new ReentrantLock();
  private static final Condition CHANGED = LOCK.newCondition();

  // Under the lock:
  private static final Map<Integer, Integer> RUNS = new HashMap<>();
  private static final List<String> WRONG = new ArrayList<>();
  private static int opened;
  private static int finished;
  private static int closed;
  private static int holding;
  private static boolean letGo;

  private Probe() {}

  static void reset() {
    change(() -> {
      RUNS.clear();
      WRONG.clear();
      opened = 0;
      finished = 0;
      closed = 0;
      holding = 0;
      letGo = false;
    });
  }

  private static void change(Runnable change) {
    LOCK.lock();
    try {
      change.run();
      CHANGED.signalAll();
    } finally {
      LOCK.unlock();
    }
  }

  static void opens() {
    change(() -> opened++);
  }

  static void finishes() {
    change(() -> finished++);
  }

  static void closes() {
    change(() -> closed++);
  }

  static void isWrong(String what) {
    change(() -> WRONG.add(what));
  }

  /** Counts a run, and returns how many there were of the job, with this. */
  static int runs(int job) {
    int[] count = new int[1];
    change(() -> count[0] = RUNS.merge(job, 1, Integer::sum));
    return count[0];
  }

  static void hold() throws InterruptedException {
    change(() -> holding++);
    await("let go", () -> letGo);
  }

  static void letGo() {
    change(() -> letGo = true);
  }

  static void awaitHolding(int jobs) throws InterruptedException {
    await(jobs + " jobs held", () -> holding >= jobs);
  }

  static void awaitRuns(int jobs) throws InterruptedException {
    await(jobs + " jobs run", () -> RUNS.size() >= jobs);
  }

  static void awaitEveryWorkerClosed() throws InterruptedException {
    await("every worker closed", () -> opened > 0 && opened == closed);
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long left = PATIENCE.toNanos();
    LOCK.lock();
    try {
      while (!condition.getAsBoolean()) {
        if (left <= 0) {
          throw new AssertionError(
              "waited in vain: %s; opened %d, closed %d, holding %d"
                  .formatted(what, opened, closed, holding));
        }
        left = CHANGED.awaitNanos(left);
      }
    } finally {
      LOCK.unlock();
    }
  }

  static int opened() {
    return read(() -> opened);
  }

  static int finished() {
    return read(() -> finished);
  }

  static int closed() {
    return read(() -> closed);
  }

  static Map<Integer, Integer> runs() {
    return read(() -> Map.copyOf(RUNS));
  }

  static List<String> wrong() {
    return read(() -> List.copyOf(WRONG));
  }

  private static <T> T read(Supplier<T> what) {
    LOCK.lock();
    try {
      return what.get();
    } finally {
      LOCK.unlock();
    }
  }
}
