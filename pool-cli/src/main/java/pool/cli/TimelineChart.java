package pool.cli;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Workers over time, one row each. The height of a bar shows how much of a column went into jobs; a
 * shade would not do, since faint colours are hard to distinguish. The pictures are stretched to
 * the available width; the words next to them belong to the page, and are not stretched.
 */
final class TimelineChart {

  /** Sorts download-9 before download-10. */
  static final Comparator<String> BY_NUMBER =
      Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

  private static final int HEIGHT = 10; // of a bar, in steps; failures are marked below
  private static final int LONGEST_NAME = 14;
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
        <p>What each worker did, over the time since the run began. A column is {}; the more of it
        went into jobs, the higher its bar.{}</p>
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
    TimeAxis.linear(timeline.columns() * timeline.column()).addTo(html);
    html.add("</div></section>");
  }

  private void add(Html html, String worker, Timeline.Row row) {
    html.add(
        """
        <span class="name" title="{}"><bdi>{}</bdi></span><svg viewBox="0 0 {} 13" preserveAspectRatio="none" aria-hidden="true">\
        """,
        worker,
        end(worker),
        timeline.columns());
    Map<String, StringBuilder> paths = new LinkedHashMap<>(); // by colour
    int from = 0;
    for (int column = 1; column <= timeline.columns(); column++) {
      Bar bar = bar(row, from);
      if (column == timeline.columns() || !bar(row, column).equals(bar)) {
        box(paths, bar.kind.word(), HEIGHT - bar.height, HEIGHT, from, column);
        from = column;
      }
    }
    paths.remove(Span.Kind.IDLE.word());
    for (int column = 0; column < timeline.columns(); column++) {
      if (row.failures(column) > 0) {
        box(paths, "failed", HEIGHT + 1, HEIGHT + 2, column, column + 1);
      }
    }
    paths.forEach((look, path) -> html.add("<path class=\"" + look + "\" d=\"" + path + "\"/>"));
    html.add("</svg>");
  }

  /** The end of a name, where names differ. */
  private static String end(String name) {
    int length = name.codePointCount(0, name.length());
    return length <= LONGEST_NAME
        ? name
        : "…" + name.substring(name.offsetByCodePoints(0, length - LONGEST_NAME + 1));
  }

  private static void box(
      Map<String, StringBuilder> paths, String colour, int top, int bottom, int from, int to) {
    int width = to - from;
    paths
        .computeIfAbsent(colour, _ -> new StringBuilder())
        .append("M%d %dh%dV%dh-%dz".formatted(from, top, width, bottom, width));
  }

  private record Bar(Span.Kind kind, int height) {}

  /** What filled most of a column; idle only when there was nothing else. */
  private Bar bar(Timeline.Row row, int column) {
    Span.Kind kind =
        TAKING_TURNS.stream()
            .max(Comparator.comparingLong(each -> row.nanos(each, column)))
            .orElseThrow();
    long nanos = row.nanos(kind, column);
    if (nanos == 0) {
      return new Bar(Span.Kind.IDLE, 0);
    }
    boolean isJob = kind == Span.Kind.JOB;
    int height = isJob ? (int) (1 + nanos * (HEIGHT - 1) / timeline.column()) : HEIGHT;
    return new Bar(kind, Math.min(HEIGHT, height));
  }
}
