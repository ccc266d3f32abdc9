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

  void workers() {
    html.add(
        """
        <details><summary>By worker</summary>
        <div class="wide" tabindex="0" role="region" aria-label="Workers"><table>
        <caption>What each worker did</caption>
        <thead><tr><th scope="col">Worker<th scope="col">Jobs<th scope="col">Failed
        <th scope="col">In jobs<th scope="col">Utilization<th scope="col">Opened
        <th scope="col">Opening<th scope="col">Finishing<th scope="col">Closing</thead><tbody>\
        """);
    report.workers.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(TimelineChart.BY_NUMBER))
        .limit(Timeline.MOST_ROWS)
        .forEach(worker -> row(worker.getKey(), worker.getValue()));
    if (report.workers.size() > Timeline.MOST_ROWS) {
      row("all " + report.workers.size(), report.all);
    }
    html.add("</tbody></table></div></details>");
  }

  private void row(String name, WorkerTimes times) {
    html.add(
        "<tr><th scope=\"row\">{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}<td>{}",
        name,
        Times.number(times.count(Span.Kind.JOB)),
        Times.number(times.failures()),
        Times.of(times.nanos(Span.Kind.JOB)),
        Times.percent(times.utilization()),
        Times.number(times.count(Span.Kind.OPEN)),
        Times.of(times.nanos(Span.Kind.OPEN)),
        Times.of(times.nanos(Span.Kind.FINISH)),
        Times.of(times.nanos(Span.Kind.CLOSE)));
  }

  void slowest() {
    List<Slowest.Job> jobs = report.slowest.jobs();
    html.add(
        """
        <section aria-labelledby="slowest"><h2 id="slowest">Slowest jobs</h2>
        <div class="wide" tabindex="0" role="region" aria-labelledby="slowest"><table>
        <caption>The {} that ran longest</caption>
        <thead><tr><th scope="col">Ran<th scope="col">Job<th scope="col">Line
        <th scope="col">Waited<th scope="col">Began at<th scope="col">Worker</thead><tbody>\
        """,
        jobs.size());
    for (Slowest.Job job : jobs) {
      html.add(
          "<tr><td>{}<td class=\"text\">{}{}<td>{}<td>{}<td>{}<td>{}",
          Times.of(job.ran()),
          job.text(),
          job.failed() ? " (failed)" : "",
          job.line(),
          Times.of(job.waited()),
          Times.of(job.from()),
          job.worker());
    }
    html.add("</tbody></table></div></section>");
  }

  void failures() {
    html.add("<section aria-labelledby=\"failures\"><h2 id=\"failures\">Failures</h2>");
    List<Failures.Group> groups = tally.failures.groups();
    html.add(groups.isEmpty() ? "<p>None.</p>" : "<p>By cause, the most frequent first.</p>");
    for (Failures.Group group : groups) {
      html.add(
          "<details><summary><b>{}</b> <span class=\"text\">{}</span></summary>",
          Times.number(group.count),
          group.cause);
      html.add(
          "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Examples\"><table>");
      html.add(
          """
          <caption>{}</caption><thead><tr><th scope="col">Line<th scope="col">Job
          <th scope="col">Reason</thead><tbody>\
          """,
          group.count > group.examples.size() ? "The first " + group.examples.size() : "All");
      for (Failure failure : group.examples) {
        html.add(
            "<tr><td>{}<td class=\"text\">{}<td class=\"text\">{}",
            failure.line(),
            failure.text(),
            failure.reason());
      }
      html.add("</tbody></table></div></details>");
    }
    html.add("</section>");
  }

  void events() {
    html.add(
        "<section aria-labelledby=\"events\"><h2 id=\"events\">Events</h2><ol class=\"events\">");
    for (Report.Event event : report.events) {
      html.add(
          "<li><time>{}</time> <span class=\"text\">{} {} {}</span>",
          Times.of(event.at()),
          event.worker(),
          event.what(),
          event.why());
    }
    if (report.moreEvents > 0) {
      html.add("<li>and {} more", Times.number(report.moreEvents));
    }
    html.add("</ol></section>");
  }
}
