package pool.cli;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Workers over time, one row each. The pictures are stretched to the width there is; the words
 * beside them are the page's own, and are not.
 */
final class TimelineChart {

  /** download-9 is before download-10. */
  static final Comparator<String> BY_NUMBER =
      Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

  private static final int SHADES = 4;
  private static final String IDLE = "idle";
  private static final List<Span.Kind> TAKING_TURNS =
      List.of(Span.Kind.OPEN, Span.Kind.JOB, Span.Kind.FINISH, Span.Kind.CLOSE);

  private final Timeline timeline;

  TimelineChart(Timeline timeline) {
    this.timeline = timeline;
  }

  void addTo(Html html, int workers) {
    html.add(
        """
        <section aria-labelledby="timeline"><h2 id="timeline">Workers</h2>
        <p>A column is {}; the fuller it was with jobs, the stronger its colour.{}</p>
        <ul class="legend" aria-label="Colours"><li class="open">open<li class="job">jobs
        <li class="idle">idle<li class="finish">finish<li class="close">close
        <li class="failed">a job failed</ul>
        <div class="timeline">\
        """,
        Times.of(timeline.column()),
        workers > Timeline.MOST_ROWS
            ? " The first " + Timeline.MOST_ROWS + " of " + Times.number(workers) + " workers."
            : "");
    timeline.rows().entrySet().stream()
        .sorted(Map.Entry.comparingByKey(BY_NUMBER))
        .forEach(row -> add(html, row.getKey(), row.getValue()));
    html.add("<span></span>");
    addAxis(html, timeline);
    html.add("</div></section>");
  }

  private void add(Html html, String worker, Timeline.Row row) {
    html.add(
        """
        <span class="name">{}</span><svg viewBox="0 0 {} 10" preserveAspectRatio="none" aria-hidden="true">\
        """,
        worker,
        timeline.columns());
    Map<String, StringBuilder> paths = new LinkedHashMap<>(); // by look
    int from = 0;
    for (int column = 1; column <= timeline.columns(); column++) {
      String look = look(row, from);
      if (column == timeline.columns() || !look(row, column).equals(look)) {
        box(paths, look, from, column);
        from = column;
      }
    }
    paths.remove(IDLE);
    for (int column = 0; column < timeline.columns(); column++) {
      if (row.failures(column) > 0) {
        box(paths, "failed", column, column + 1);
      }
    }
    paths.forEach((look, path) -> html.add("<path class=\"" + look + "\" d=\"" + path + "\"/>"));
    html.add("</svg>");
  }

  /** The lower half, for a failure does not hide what the worker did. */
  private static void box(Map<String, StringBuilder> paths, String look, int from, int to) {
    int width = to - from;
    paths
        .computeIfAbsent(look, _ -> new StringBuilder())
        .append("M%d %dh%dV10h-%dz".formatted(from, look.equals("failed") ? 5 : 0, width, width));
  }

  /** What filled most of a column; it is idle only when there was nothing else. */
  private String look(Timeline.Row row, int column) {
    Span.Kind kind =
        TAKING_TURNS.stream()
            .max(Comparator.comparingLong(each -> row.nanos(each, column)))
            .orElseThrow();
    long nanos = row.nanos(kind, column);
    if (nanos == 0) {
      return IDLE;
    }
    if (kind != Span.Kind.JOB) {
      return kind.word();
    }
    long shade = Math.min(SHADES, 1 + nanos * SHADES / timeline.column());
    return "job s" + shade;
  }

  /** For the second column of what is as long as the run. */
  static void addAxis(Html html, Timeline timeline) {
    html.add("<div class=\"axis\" aria-hidden=\"true\">");
    for (int quarter = 0; quarter <= 4; quarter++) {
      html.add("<span>{}</span>", Times.of(timeline.columns() * timeline.column() * quarter / 4));
    }
    html.add("</div>");
  }
}
