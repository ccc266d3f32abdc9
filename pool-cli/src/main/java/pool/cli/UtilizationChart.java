package pool.cli;

/** The share of all workers' time that went into jobs, over time. */
final class UtilizationChart {

  private final Timeline timeline;

  UtilizationChart(Timeline timeline) {
    this.timeline = timeline;
  }

  void addTo(Html html) {
    StringBuilder area = new StringBuilder("M0 100");
    for (int column = 0; column < timeline.columns(); column++) {
      area.append('V').append(Math.round(100 - 100 * part(column))).append('H').append(column + 1);
    }
    html.add(
            """
            <div class="chart"><span class="scale" aria-hidden="true"><i>100 %</i><i>0 %</i></span>
            <svg viewBox="0 0 {} 100" preserveAspectRatio="none" aria-hidden="true">\
            """,
            timeline.columns())
        .add("<path class=\"job\" d=\"" + area + "V100Z\"/></svg><span></span>");
    TimeAxis.linear(timeline.columns() * timeline.column()).addTo(html);
    html.add("</div>");
  }

  private double part(int column) {
    long all = 0;
    for (Span.Kind kind : Span.Kind.values()) {
      all += timeline.together().nanos(kind, column);
    }
    return all == 0 ? 0 : (double) timeline.together().nanos(Span.Kind.JOB, column) / all;
  }
}
