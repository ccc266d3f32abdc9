package pool.cli;

import java.util.List;
import java.util.Map;

/** The parts of a report that are tables and lists. */
final class ReportTables {

  private final Html html;
  private final Report report;
  private final Tally tally;

  ReportTables(Html html, Report report, Tally tally) {
    this.html = html;
    this.report = report;
    this.tally = tally;
  }

  void settings(Invocation invocation) {
    html.add("<details><summary>All settings</summary>");
    try (HtmlTable table =
        new HtmlTable(
            html,
            "What the run was given, and what it took by default",
            HtmlTable.Column.text("Setting"),
            HtmlTable.Column.text("Value"))) {
      for (Invocation.Setting setting : invocation.settings()) {
        table.row(setting.name(), setting.value() + (setting.isDefault() ? " (default)" : ""));
      }
    }
    html.add("</details>");
  }

  void workers() {
    html.add("<details><summary>By worker</summary>");
    try (HtmlTable table =
        new HtmlTable(
            html,
            "The jobs of each worker, how often it was opened, and its time in jobs, in opening,"
                + " finishing and closing",
            HtmlTable.Column.text("Worker"),
            HtmlTable.Column.of("Jobs"),
            HtmlTable.Column.of("Failed"),
            HtmlTable.Column.of("Time in jobs"),
            HtmlTable.Column.of("Utilization"),
            HtmlTable.Column.of("Opened"),
            HtmlTable.Column.of("Opening"),
            HtmlTable.Column.of("Finishing"),
            HtmlTable.Column.of("Closing"))) {
      report.workers.entrySet().stream()
          .sorted(Map.Entry.comparingByKey(TimelineChart.BY_NUMBER))
          .limit(Timeline.MOST_ROWS)
          .forEach(worker -> row(table, worker.getKey(), worker.getValue()));
      if (report.workers.size() > Timeline.MOST_ROWS) {
        row(table, "all " + Times.number(report.workers.size()), report.all);
      }
    }
    html.add("</details>");
  }

  private static void row(HtmlTable table, String name, WorkerTimes times) {
    table.row(
        name,
        Times.number(times.count(Span.Kind.JOB)),
        Times.number(times.failures()),
        Times.of(times.nanos(Span.Kind.JOB)),
        Times.percent(times.utilization()),
        Times.count(times.count(Span.Kind.OPEN), "time", "times"),
        Times.of(times.nanos(Span.Kind.OPEN)),
        Times.of(times.nanos(Span.Kind.FINISH)),
        Times.of(times.nanos(Span.Kind.CLOSE)));
  }

  void slowest() {
    html.add("<section aria-labelledby=\"slowest\"><h2 id=\"slowest\">Slowest jobs</h2>");
    List<Slowest.Job> jobs = report.slowest.jobs();
    if (jobs.isEmpty()) {
      html.add("<p>No job ran.</p></section>");
      return;
    }
    String which = jobs.size() == 1 ? "The only one" : "The " + jobs.size() + " that ran longest";
    try (HtmlTable table =
        new HtmlTable(
            html,
            which
                + ". Ran: on a worker. Waited: for a worker, before that. Began after: from the"
                + " beginning of the run.",
            HtmlTable.Column.of("Ran"),
            HtmlTable.Column.text("Job"),
            HtmlTable.Column.of("Line"),
            HtmlTable.Column.of("Outcome"),
            HtmlTable.Column.of("Waited"),
            HtmlTable.Column.of("Began after"),
            HtmlTable.Column.text("Worker"))) {
      for (Slowest.Job job : jobs) {
        table.row(
            Times.of(job.ran()),
            job.text(),
            Times.number(job.line()),
            job.failed() ? "failed" : "succeeded",
            Times.of(job.waited()),
            Times.of(job.from()),
            job.worker());
      }
    }
    html.add("</section>");
  }

  void failures() {
    html.add("<section aria-labelledby=\"failures\"><h2 id=\"failures\">Failures</h2>");
    List<Failures.Group> groups = tally.failures.groups();
    html.add(groups.isEmpty() ? "<p>None.</p>" : "<p>By cause, the most frequent first.</p>");
    for (Failures.Group group : groups) {
      html.add(
          "<details><summary><b>{}</b> <bdi class=\"text\">{}</bdi></summary>",
          Times.number(group.count),
          group.cause);
      int shown = group.examples.size();
      try (HtmlTable table =
          new HtmlTable(
              html,
              group.count > shown
                  ? "The first " + shown + " of " + Times.number(group.count)
                  : "All",
              HtmlTable.Column.of("Line"),
              HtmlTable.Column.text("Job"),
              HtmlTable.Column.text("Reason"))) {
        for (Failure failure : group.examples) {
          table.row(Times.number(failure.line()), failure.text(), failure.reason());
        }
      }
      html.add("</details>");
    }
    html.add("</section>");
  }

  void events() {
    html.add("<section aria-labelledby=\"events\"><h2 id=\"events\">Events</h2>");
    html.add(
        "<p>What happened to the pool and its workers, each with the time since the run"
            + " began.</p>");
    html.add("<ol class=\"events\">");
    for (Report.Event event : report.events) {
      html.add(
          "<li><time>{}</time> <span class=\"text\"><bdi>{}</bdi> {} <bdi>{}</bdi></span>",
          Times.of(event.at()),
          event.worker(),
          event.what(),
          event.why());
    }
    html.add("</ol>");
    if (report.moreEvents > 0) {
      html.add("<p>And {} more.</p>", Times.number(report.moreEvents));
    }
    html.add("</section>");
  }
}
