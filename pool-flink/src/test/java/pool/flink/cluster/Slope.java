package pool.flink.cluster;

import java.util.Arrays;
import java.util.stream.DoubleStream;

/**
 * What a job costs in the long run: the time of a long run less that of a short one, by the jobs
 * between them, so that what a run costs in itself falls out. The median of some repetitions, and
 * how far they lie apart.
 *
 * @param micros for a job, the median
 * @param lowest of the repetitions
 * @param highest of the repetitions
 * @param start what a run costs in itself, in seconds
 */
record Slope(double micros, double lowest, double highest, double start) {

  /** A run of so many jobs, from its beginning to the end of the last. */
  interface Run {
    void of(int jobs) throws Exception;
  }

  static Slope measure(int jobs, int repetitions, Run run) throws Exception {
    run.of(jobs); // warms up
    double[] micros = new double[repetitions];
    double[] starts = new double[repetitions];
    for (int i = 0; i < repetitions; i++) {
      double few = seconds(run, jobs);
      double many = seconds(run, 3 * jobs);
      micros[i] = (many - few) * 1e6 / (2 * jobs);
      starts[i] = few - (many - few) / 2;
    }
    return new Slope(
        median(micros),
        DoubleStream.of(micros).min().orElseThrow(),
        DoubleStream.of(micros).max().orElseThrow(),
        median(starts));
  }

  private static double seconds(Run run, int jobs) throws Exception {
    long start = System.nanoTime();
    run.of(jobs);
    return (System.nanoTime() - start) / 1e9;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** A line of a table in Markdown, beside what it is compared with. */
  String line(String what, Slope base) {
    return "| %s | %.2f | %.2f to %.2f | %.2f | %.1f |"
        .formatted(what, micros, lowest, highest, micros / base.micros, start);
  }

  static String head(String what) {
    return "\n| %s | us a job | from, to | ratio | s to start |\n| --- | ---: | ---: | ---: | ---: |"
        .formatted(what);
  }
}
