package pool.flink.cluster;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * What a job costs in the long run: the time of a long run less that of a short one, by the jobs
 * between them, so that what a run costs besides falls out. The median of some repetitions, and how
 * far they lie apart.
 *
 * @param micros for a job, the median
 * @param lowest of the repetitions
 * @param highest of the repetitions
 * @param besides what a short run took beyond its jobs, in seconds
 */
record Slope(double micros, double lowest, double highest, double besides) {

  /** A run of so many jobs; how long they took, in seconds. */
  interface Run {
    double of(int jobs) throws Exception;
  }

  static Slope measure(int jobs, int repetitions, Run run) throws Exception {
    run.of(jobs); // warms up
    double[] micros = new double[repetitions];
    double[] besides = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      long start = System.nanoTime();
      double few = run.of(jobs);
      double all = (System.nanoTime() - start) / 1e9;
      micros[i] = (run.of(3 * jobs) - few) * 1e6 / (2 * jobs);
      besides[i] = all - jobs * micros[i] / 1e6;
    }
    return new Slope(
        median(micros),
        DoubleStream.of(micros).min().orElseThrow(),
        DoubleStream.of(micros).max().orElseThrow(),
        median(besides));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** A line of a table in Markdown, beside what it is compared with. */
  String line(String what, Slope base) {
    return "| %s | %.2f | %.2f to %.2f | %.2f | %.1f |"
        .formatted(what, micros, lowest, highest, micros / base.micros, besides);
  }

  static String head(String what) {
    return "\n| %s | us a job | from, to | ratio | s besides |\n| --- | ---: | ---: | ---: | ---: |"
        .formatted(what);
  }
}
