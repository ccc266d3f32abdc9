package pool.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A run as one page that needs nothing else, and no script. */
final class ReportPage {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm:ss z", Locale.ENGLISH);

  /**
   * What the run was.
   *
   * @param factory whose workers ran
   * @param how the number of workers and such, in a few words
   * @param began when
   * @param summary what was also printed at its end, by lines
   * @param tookNanos how long it was, with opening and closing
   */
  record About(String factory, String how, Instant began, List<String> summary, long tookNanos) {}

  private final About about;
  private final Report report;
  private final Tally tally;
  private final Html html = new Html();

  ReportPage(About about, Report report, Tally tally) {
    this.about = about;
    this.report = report;
    this.tally = tally;
    head();
    summary();
    new TimelineChart(report.timeline).addTo(html, report.workers.size());
    workers();
    times();
    slowest();
    failures();
    events();
    html.add("</main></body></html>");
  }

  @Override
  public String toString() {
    return html.toString();
  }

  private void head() {
    html.add(
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>pool run {}</title><style>\
            """,
            about.factory())
        .add(style())
        .add("</style></head><body><main>")
        .add("<header><h1>pool run {}</h1>", about.factory())
        .add(
            "<p>{}. {}.</p></header>",
            TIME.format(about.began().atZone(ZoneId.systemDefault())),
            about.how());
  }

  private static String style() {
    try (InputStream css = ReportPage.class.getResourceAsStream("report.css")) {
      if (css == null) {
        throw new IllegalStateException("report.css is not beside this class");
      }
      return new String(css.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void summary() {
    html.add("<section aria-labelledby=\"summary\"><h2 id=\"summary\">Summary</h2>");
    html.add("<dl class=\"figures\">");
    figure("Succeeded", Times.number(tally.succeeded()));
    figure("Failed", Times.number(tally.failed()));
    if (tally.notDone() > 0) {
      figure("Not done", Times.number(tally.notDone()));
    }
    figure("Took", Times.of(about.tookNanos()));
    figure("Per second", Times.number(Math.round(tally.done() * 1e9 / about.tookNanos())));
    figure("Utilization", Times.percent(report.all.utilization()));
    html.add("</dl>");
    for (String line : about.summary()) {
      html.add("<p class=\"said\">{}</p>", line);
    }
    if (report.missed > 0) {
      html.add(
          """
          <p class="note"><strong>{} events are missing</strong>: they came too fast to be told. The
          counts above are complete; what follows lacks those runs, and shows them as idle.</p>\
          """,
          Times.number(report.missed));
    }
    html.add("</section>");
  }

  private void figure(String name, String value) {
    html.add("<div><dt>{}</dt><dd>{}</dd></div>", name, value);
  }

  private void workers() {
    html.add(
        """
        <section aria-labelledby="workers"><h2 id="workers">Utilization</h2>
        <p>The part of their open time that the workers spent in jobs, {} in all.</p>\
        """,
        Times.percent(report.all.utilization()));
    new UtilizationChart(report.timeline).addTo(html);
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
    html.add("</tbody></table></div></details></section>");
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

  private void times() {
    html.add("<div class=\"pair\">");
    HistogramChart.add(html, "Waits", "How long jobs waited for a worker.", report.waits);
    HistogramChart.add(html, "Runs", "How long workers ran them.", report.runs);
    html.add("</div>");
  }

  private void slowest() {
    List<Slowest.Job> jobs = report.slowest.jobs();
    html.add(
        """
        <section aria-labelledby="slowest"><h2 id="slowest">Slowest jobs</h2>
        <div class="wide" tabindex="0" role="region" aria-labelledby="slowest"><table>
        <caption>The {} that ran longest</caption>
        <thead><tr><th scope="col">Ran<th scope="col">Waited<th scope="col">Began at
        <th scope="col">Worker<th scope="col">Line<th scope="col">Job</thead><tbody>\
        """,
        jobs.size());
    for (Slowest.Job job : jobs) {
      html.add(
          "<tr><td>{}<td>{}<td>{}<td class=\"word\">{}<td>{}<td class=\"text\">{}{}",
          Times.of(job.ran()),
          Times.of(job.waited()),
          Times.of(job.from()),
          job.worker(),
          job.line(),
          job.text(),
          job.failed() ? " (failed)" : "");
    }
    html.add("</tbody></table></div></section>");
  }

  private void failures() {
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

  private void events() {
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
