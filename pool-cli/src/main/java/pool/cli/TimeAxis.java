package pool.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The marks below a chart over time, at round times only: 1, 2 or 5 times a power of ten of a unit.
 *
 * @param marks from left to right
 * @param areMany whether every other mark has no label on a narrow screen
 */
record TimeAxis(List<Mark> marks, boolean areMany) {

  /**
   * A time on the axis.
   *
   * @param part its position, from 0 to 1
   * @param text its label
   */
  record Mark(double part, String text) {

    /** At the ends of the axis, labels begin or end at their marks, so that none is cut off. */
    private String side() {
      return part < AT_AN_END ? "first" : part > 1 - AT_AN_END ? "last" : "";
    }

    /** The position of the label's middle. */
    private double middle() {
      return Math.clamp(part, HALF_A_LABEL, 1 - HALF_A_LABEL);
    }
  }

  private record Unit(String name, long nanos) {}

  /** A time that may be marked; the lower its rank, the rounder it is. */
  private record Step(Unit unit, int count, int rank) {
    double nanos() {
      return (double) unit.nanos * count;
    }
  }

  private static final int MOST_INTERVALS = 8;
  private static final double AT_AN_END = 0.06;
  private static final double HALF_A_LABEL = 0.08; // of the width on a narrow screen
  private static final double APART = 2 * HALF_A_LABEL + 0.01;

  private static final long SECOND = 1_000_000_000;
  private static final List<Unit> UNITS =
      List.of(
          new Unit("ns", 1),
          new Unit("µs", 1_000),
          new Unit("ms", 1_000_000),
          new Unit("s", SECOND),
          new Unit("min", 60 * SECOND),
          new Unit("h", 3_600 * SECOND),
          new Unit("d", 86_400 * SECOND));
  private static final List<Step> STEPS = steps();

  private static List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < UNITS.size(); i++) {
      Unit unit = UNITS.get(i);
      long next = i + 1 < UNITS.size() ? UNITS.get(i + 1).nanos : Long.MAX_VALUE;
      for (int ten = 1; ten <= 10_000; ten *= 10) {
        for (int count : new int[] {ten, 2 * ten, 5 * ten}) {
          if (count <= next / unit.nanos / 2) { // 50 s and 1 min would be too similar
            steps.add(new Step(unit, count, count == 1 ? 0 : count == ten ? 1 : 2));
          }
        }
      }
    }
    return List.copyOf(steps);
  }

  /** A linear axis that begins at 0. */
  static TimeAxis linear(long nanos) {
    double end = Math.max(1, nanos);
    Step step =
        STEPS.stream()
            .filter(each -> end / each.nanos() <= MOST_INTERVALS)
            .findFirst()
            .orElse(STEPS.getLast());
    Unit unit = unitOfLabels(step, end);
    List<Mark> marks = new ArrayList<>();
    for (int i = 0; i * step.nanos() <= end; i++) {
      long tenths = Math.round(10 * i * step.nanos() / unit.nanos);
      String number = tenths / 10 + (tenths % 10 == 0 ? "" : "." + tenths % 10);
      marks.add(new Mark(i * step.nanos() / end, number + " " + unit.name));
    }
    return new TimeAxis(List.copyOf(marks), marks.size() > 4);
  }

  /** One unit for all labels: 0.2 s, 0.4 s and so on, up to 1 s. */
  private static Unit unitOfLabels(Step step, double end) {
    return UNITS.stream()
        .filter(unit -> unit.nanos > step.unit.nanos && unit.nanos <= Math.min(end, SECOND))
        .reduce(step.unit, (_, larger) -> larger);
  }

  /** A logarithmic axis, with as many of the roundest times as fit. */
  static TimeAxis logarithmic(double from, double to) {
    List<Mark> marks = new ArrayList<>();
    for (Step step : STEPS.stream().sorted(Comparator.comparingInt(Step::rank)).toList()) {
      double part = Math.log(step.nanos() / from) / Math.log(to / from);
      Mark mark = new Mark(part, step.count + " " + step.unit.name);
      if (part >= 0
          && part <= 1
          && marks.stream().allMatch(other -> Math.abs(mark.middle() - other.middle()) > APART)) {
        marks.add(mark);
      }
    }
    marks.sort(Comparator.comparingDouble(Mark::part));
    return new TimeAxis(List.copyOf(marks), false);
  }

  void addTo(Html html) {
    html.add("<div class=\"marks{}\" aria-hidden=\"true\">", areMany ? " many" : "");
    for (Mark mark : marks) {
      html.add(
          "<span style=\"left:{}%\"><i class=\"{}\">{}</i></span>",
          Html.decimal(100 * mark.part), mark.side(), mark.text);
    }
    html.add("</div>");
  }
}
