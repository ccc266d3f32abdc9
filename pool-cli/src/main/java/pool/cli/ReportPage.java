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
import pool.metrics.MeterSnapshot;

/** A run as a single page, without scripts and without any other file. */
final class ReportPage {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("d MMMM uuuu, HH:mm:ss z", Locale.ENGLISH);

  /**
   * What the run was.
   *
   * @param factory the factory whose workers ran
   * @param how the number of workers and the like, in a few words
   * @param invocation what was asked for
   * @param began when it began
   * @param summary the lines that were also printed at its end
   * @param tookNanos the duration, including opening and closing, as in the summary
   * @param measured how long jobs waited and ran
   */
  record About(
      String factory,
      String how,
      Invocation invocation,
      Instant began,
      List<String> summary,
      long tookNanos,
      MeterSnapshot measured) {}

  private final About about;
  private final Report report;
  private final Tally tally;
  private final Html html = new Html();
  private final ReportTables tables;

  ReportPage(About about, Report report, Tally tally) {
    this.about = about;
    this.report = report;
    this.tally = tally;
    this.tables = new ReportTables(html, report, tally);
    head();
    summary();
    new TimelineChart(report.timeline).addTo(html, report.workers.size());
    workers();
    times();
    tables.slowest();
    tables.failures();
    tables.events();
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
        .add("<header><h1>pool run <bdi>{}</bdi></h1>", about.factory())
        .add(
            "<p>Began on {}. {}.</p>",
            TIME.format(about.began().atZone(ZoneId.systemDefault())),
            about.how())
        .add("<p><code>");
    about.invocation().words().forEach(word -> html.add("<span>{}</span>", word));
    html.add("</code></p>");
    tables.settings(about.invocation());
    html.add("</header>");
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
    figure("Succeeded", Times.number(tally.succeeded()), "");
    figure("Failed", Times.number(tally.failed()), "");
    if (tally.notDone() > 0) {
      figure("Not done", Times.number(tally.notDone()), "");
    }
    long done = tally.succeeded() + tally.failed();
    figure(
        "Whole run", Times.ofRun(about.tookNanos()), "with the opening and closing of the workers");
    figure("Pace", Times.rate(done, about.tookNanos()), "average of the whole run");
    figure(
        "Utilization",
        Times.percent(report.all.utilization()),
        "of the workers\u2019 open time went into jobs");
    html.add("</dl>");
    for (String line : about.summary()) {
      html.add("<p class=\"said\">{}</p>", line);
    }
    if (report.missed > 0) {
      html.add(
          """
          <p class="note"><strong>{} missing</strong>: too much came at once to be told. The counts
          above are complete; what follows lacks those runs, and shows them as idle.</p>\
          """,
          Times.count(report.missed, "event is", "events are"));
    }
    html.add("</section>");
  }

  private void figure(String name, String value, String what) {
    html.add("<div><dt>{}</dt><dd>{}</dd>", name, value);
    if (!what.isEmpty()) {
      html.add("<dd class=\"what\">{}</dd>", what);
    }
    html.add("</div>");
  }

  private void workers() {
    html.add(
        """
        <section aria-labelledby="workers"><h2 id="workers">Utilization</h2>
        <p>The part of the workers\u2019 time that went into jobs, over the time since the run
        began.</p>\
        """);
    new UtilizationChart(report.timeline).addTo(html);
    tables.workers();
    html.add("</section>");
  }

  private void times() {
    html.add("<div class=\"pair\">");
    HistogramChart.add(
        html,
        "Waited",
        "How long jobs waited for a worker after they were read.",
        about.measured().waited());
    HistogramChart.add(
        html, "Ran", "How long workers ran them, successful or not.", about.measured().ran());
    html.add("</div>");
  }
}
