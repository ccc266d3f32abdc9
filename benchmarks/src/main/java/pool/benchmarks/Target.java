package pool.benchmarks;

import java.util.function.ToDoubleFunction;

/**
 * One thing that is to be reached, and how it is computed from a run.
 *
 * @param atLeast whether more is better
 */
record Target(
    String what, String against, boolean atLeast, double bound, ToDoubleFunction<Run> value) {

  static Target atMost(String what, String against, double bound, ToDoubleFunction<Run> value) {
    return new Target(what, against, false, bound, value);
  }

  static Target atLeast(String what, String against, double bound, ToDoubleFunction<Run> value) {
    return new Target(what, against, true, bound, value);
  }

  /** A line of the table of targets. */
  String row(Run run) {
    double is = value.applyAsDouble(run);
    return "| %s | %s | %s %s | %s | %s |\n"
        .formatted(
            what,
            against,
            atLeast ? "≥" : "≤",
            Figures.plain(bound),
            Double.isNaN(is) ? "" : Figures.plain(is),
            verdict(is));
  }

  private String verdict(double is) {
    if (Double.isNaN(is)) {
      return "not measured";
    }
    return (atLeast ? is >= bound : is <= bound) ? "reached" : "**missed**";
  }
}
