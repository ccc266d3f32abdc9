package pool.core;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Plays rounds of {@link Chaos}, by hand: {@code benchmarks/chaos MINUTES [SEED]}. */
final class ChaosRuns {

  private ChaosRuns() {}

  /** Plays rounds for some time, from seed to seed, or one seed again and again. */
  static void play(Duration time, @Nullable Long seed, ChaosTally counters)
      throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    long next = seed != null ? seed : ThreadLocalRandom.current().nextLong(1_000_000_000_000L);
    do {
      Chaos.play(next, counters);
      next += seed != null ? 0 : 1;
    } while (System.nanoTime() - end < 0);
  }

  @SuppressWarnings("SystemOut") // it is a program
  public static void main(String[] args) throws InterruptedException {
    double minutes = Double.parseDouble(args[0]);
    Long seed = args.length > 1 ? Long.valueOf(args[1]) : null;
    ChaosTally counters = new ChaosTally();
    int status = 0;
    try {
      play(Duration.ofMillis((long) (minutes * 60_000)), seed, counters);
    } catch (AssertionError e) {
      System.out.println(e.getMessage());
      status = 1;
    }
    System.out.println(counters.faults());
    System.out.println(
        counters.summary() + (status == 0 ? ": nothing lost" : ": BROKEN, see above"));
    System.exit(status);
  }
}
