package pool.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A batch of jobs of known cost: {@code 100000x1us}, or {@code 100000x1us-skewed} when one job in a
 * hundred takes a thousand times as long. A job is the number of nanoseconds that it takes.
 *
 * @param size how many jobs
 * @param nanos what a usual job takes
 * @param skewed whether some take longer
 */
record Batch(int size, int nanos, boolean skewed) {

  private static final int ONE_IN = 100;
  private static final int TIMES = 1_000;

  /**
   * Does a job: keeps a processor busy for its time. Not a wait, which all peers could overlap; and
   * not a count of turns, since the ideal makespan is to be known.
   */
  static final Work SPIN =
      job -> {
        int nanos = job;
        if (nanos > 0) {
          long start = System.nanoTime();
          while (System.nanoTime() - start < nanos) {
            Thread.onSpinWait();
          }
        }
        return job;
      };

  static Batch parse(String text) {
    boolean skewed = text.endsWith("-skewed");
    String[] parts = text.replace("-skewed", "").split("x", 2);
    int nanos =
        switch (parts[1]) {
          case "0ns" -> 0;
          case "1us" -> 1_000;
          case "1ms" -> 1_000_000;
          default -> throw new IllegalArgumentException("no job takes '" + parts[1] + "'");
        };
    return new Batch(Integer.parseInt(parts[0]), nanos, skewed);
  }

  /** The jobs; the long ones are spread by chance, the same at each call. */
  List<Integer> jobs() {
    Integer[] jobs = new Integer[size];
    Arrays.fill(jobs, nanos);
    if (skewed) {
      Integer longer = nanos * TIMES;
      Random random = new Random(42);
      for (int i = 0; i < size; i += ONE_IN) {
        jobs[i + random.nextInt(ONE_IN)] = longer;
      }
    }
    return Arrays.asList(jobs);
  }

  /** What no schedule on so many processors can beat. */
  double idealNanos(int processors) {
    double usual = (double) nanos * size;
    if (!skewed) {
      return usual / processors;
    }
    double sum = usual + usual / ONE_IN * (TIMES - 1);
    return Math.max(sum / processors, (double) nanos * TIMES);
  }
}
