package pool.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import pool.metrics.Histogram;

/** How many jobs took how long, over a logarithmic scale of times. */
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
    if (histogram.count() == 0) {
      html.add("<p>No job ran.</p></section>");
      return;
    }
    new HistogramChart(histogram).addTo(html);
    html.add("<dl class=\"row\">");
    figure(html, "Half within", histogram.percentile(50));
    figure(html, "90 % within", histogram.percentile(90));
    figure(html, "99 % within", histogram.percentile(99));
    figure(html, "Longest", histogram.longest());
    figure(html, "Average", histogram.mean());
    html.add("</dl></section>");
  }

  private static void figure(Html html, String name, Duration value) {
    html.add("<div><dt>{}</dt><dd>{}</dd></div>", name, Times.of(value.toNanos()));
  }

  private void addTo(Html html) {
    long most = bars.stream().mapToLong(Histogram.Bar::count).max().orElse(1);
    html.add(
        """
        <div class="chart"><span class="scale" aria-hidden="true"><i>{}</i><i>0</i></span>
        <svg viewBox="0 0 {} {}" preserveAspectRatio="none" aria-hidden="true">\
        """,
        Times.count(most, "job", "jobs"),
        WIDTH,
        HEIGHT);
    for (Histogram.Bar bar : bars) {
      if (bar.count() > 0) {
        double left = WIDTH * part((double) bar.from().toNanos());
        double height = Math.max(1, (double) HEIGHT * bar.count() / most); // even one job shows
        html.add(
            "<rect class=\"job\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"/>",
            Html.decimal(left),
            Html.decimal(HEIGHT - height),
            Html.decimal(WIDTH * part(end(bar)) - left),
            Html.decimal(height));
      }
    }
    html.add("</svg><span></span>");
    TimeAxis.logarithmic(from, to).addTo(html);
    html.add("</div>");
  }

  /** Where the next bar begins. */
  private static double end(Histogram.Bar bar) {
    return bar.to().toNanos() + 1.0;
  }

  /** Where a time is on the scale, from 0 to 1. */
  private double part(double nanos) {
    return (Math.log(Math.max(from, nanos)) - Math.log(from)) / (Math.log(to) - Math.log(from));
  }
}
