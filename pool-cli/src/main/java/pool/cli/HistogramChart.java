package pool.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import pool.metrics.Histogram;

/** How many jobs took how long, over lengths that grow tenfold from mark to mark. */
final class HistogramChart {

  private static final int WIDTH = 1_000;
  private static final int HEIGHT = 100;

  private final List<Histogram.Bar> bars;
  private final double from;
  private final double to;

  private HistogramChart(Histogram histogram) {
    this.bars = histogram.bars();
    double shortest = Math.max(1, bars.getFirst().from().toNanos());
    double longest = Math.max(2, end(bars.getLast()));
    while (longest < 10 * shortest) { // room for a mark
      shortest = Math.max(1, shortest / 1.1);
      longest *= 1.1;
    }
    this.from = shortest;
    this.to = longest;
  }

  static void add(Html html, String name, String what, Histogram histogram) {
    String id = name.toLowerCase(Locale.ROOT);
    html.add("<section aria-labelledby=\"{}\"><h2 id=\"{}\">{}</h2><p>{}</p>", id, id, name, what);
    if (histogram.count() > 0) {
      new HistogramChart(histogram).addTo(html);
    }
    html.add("<dl class=\"row\">");
    for (int percent : new int[] {50, 90, 99}) {
      html.add(
          "<div><dt>p{}</dt><dd>{}</dd></div>",
          percent,
          Times.of(histogram.percentile(percent).toNanos()));
    }
    html.add("<div><dt>max</dt><dd>{}</dd></div>", Times.of(histogram.longest().toNanos()));
    html.add(
        "<div><dt>mean</dt><dd>{}</dd></div></dl></section>", Times.of(histogram.mean().toNanos()));
  }

  private void addTo(Html html) {
    long most = bars.stream().mapToLong(Histogram.Bar::count).max().orElse(1);
    html.add(
        """
        <div class="chart"><span class="scale" aria-hidden="true"><i>{}</i><i>0</i></span>
        <svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">\
        """,
        Times.number(most),
        WIDTH,
        HEIGHT);
    for (Histogram.Bar bar : bars) {
      if (bar.count() > 0) {
        double left = WIDTH * part((double) bar.from().toNanos());
        double height = Math.max(1, (double) HEIGHT * bar.count() / most); // one is seen as well
        html.add(
            "<rect class=\"job\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            number(left),
            number(HEIGHT - height),
            number(WIDTH * part(end(bar)) - left),
            number(height));
      }
    }
    html.add("</svg><span></span><div class=\"marks\" aria-hidden=\"true\">");
    for (double mark : marks()) {
      html.add("<span style=\"{}\">{}</span>", place(part(mark)), Times.of((long) mark));
    }
    html.add("</div></div>");
  }

  /** Where the next begins. */
  private static double end(Histogram.Bar bar) {
    return bar.to().toNanos() + 1.0;
  }

  private List<Double> marks() {
    List<Double> marks = new ArrayList<>();
    for (double mark = 1; mark <= to; mark *= 10) {
      if (mark >= from) {
        marks.add(mark);
      }
    }
    return marks;
  }

  /** Centred, unless there is no room for that. */
  private static String place(double part) {
    if (part < 0.06) {
      return "left:0;transform:none";
    }
    return part > 0.94 ? "right:0;transform:none" : "left:" + number(100 * part) + "%";
  }

  /** Where a length is, from 0 to 1. */
  private double part(double nanos) {
    return (Math.log(Math.max(from, nanos)) - Math.log(from)) / (Math.log(to) - Math.log(from));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
