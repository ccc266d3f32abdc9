package pool.testkit;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import pool.core.ThreadKind;

/**
 * A kind of thing that workers may leave behind in the JVM when they are closed. What the first
 * workers leave may be shared by all workers, or come from elsewhere; it is a leak only when it
 * happens each time.
 */
@SuppressWarnings("try") // closing may be interrupted
interface Leftovers {

  /** So often in a row, something else than a leak is no explanation. */
  int ROUNDS = 3;

  /** The name of the kind, such as "threads". */
  String what();

  /** What the author of a plugin can do about them. */
  String wayOut();

  /** Whether the garbage collector closes what was only forgotten: that is a leak as well. */
  default boolean areCollected() {
    return false;
  }

  /** Those that exist now, each under a unique name. */
  Set<String> now() throws Exception;

  static <J, R> void assertNone(Subject<J, R> subject, Leftovers kind) throws Exception {
    int many = subject.contract().manyWorkers();
    lives(many, subject); // from now on, what all workers share exists
    for (int times : List.of(1, 2, many)) {
      Set<String> left = leftBy(times, subject, kind);
      for (int round = 1; !left.isEmpty() && round < ROUNDS; round++) {
        left = leftBy(times, subject, kind);
      }
      if (!left.isEmpty()) {
        throw subject.failure(
            "after opening and closing %d times, %d %s were left %s later%s: %s; %s"
                .formatted(
                    times,
                    left.size(),
                    kind.what(),
                    subject.bound(),
                    kind.areCollected() ? ", or until the garbage collector closed them" : "",
                    left,
                    kind.wayOut()));
      }
    }
  }

  /** Those that did not go by themselves. */
  private static <J, R> Set<String> leftBy(int times, Subject<J, R> subject, Leftovers kind)
      throws Exception {
    Set<String> before = kind.now();
    lives(times, subject);
    long collections = collections();
    long deadline = System.nanoTime() + subject.bound().toNanos();
    Set<String> first = added(kind, before);
    Set<String> left = first;
    while (!left.isEmpty() && System.nanoTime() < deadline) { // a thread may take a moment to end
      Thread.sleep(5);
      left = added(kind, before);
    }
    boolean wereCollected = kind.areCollected() && collections() != collections;
    return left.isEmpty() && wereCollected ? first : left;
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  /** Opens workers that do all jobs, finish and close. */
  private static <J, R> void lives(int times, Subject<J, R> subject) throws Exception {
    for (int i = 0; i < times; i++) {
      try (LoneWorker<J, R> worker = LoneWorker.open(subject, ThreadKind.PLATFORM)) {
        for (J job : subject.samples()) {
          worker.succeed(job, "alone");
        }
        for (J job : subject.contract().failing()) {
          worker.failSomehow(job);
        }
        worker.finishSomehow();
      }
    }
  }

  private static Set<String> added(Leftovers kind, Set<String> before) throws Exception {
    Set<String> added = new TreeSet<>(kind.now());
    added.removeAll(before);
    return added;
  }
}
