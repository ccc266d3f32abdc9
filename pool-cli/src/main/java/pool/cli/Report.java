package pool.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pool.core.JobRun;

/**
 * Summarizes a run while it goes on, and writes a page at its end. Its memory does not grow with
 * the number of jobs.
 */
final class Report implements Viewer {

  private static final int MOST_EVENTS = 200;

  /** Something that took no time. */
  record Event(String what, String worker, String why, long at) {}

  final Timeline timeline = new Timeline();
  final Slowest slowest = new Slowest();
  final Map<String, WorkerTimes> workers = new LinkedHashMap<>();
  final WorkerTimes all = new WorkerTimes();
  final List<Event> events = new ArrayList<>();
  long moreEvents; // beyond those that are kept
  long missed;

  @Override
  public void saw(Span span) {
    timeline.add(span);
    all.add(span);
    workers.computeIfAbsent(span.worker(), _ -> new WorkerTimes()).add(span);
    JobRun run = span.run();
    if (run != null) {
      slowest.add(span, run);
    }
  }

  @Override
  public void happened(String what, String worker, String why, long at) {
    if (events.size() < MOST_EVENTS) {
      events.add(new Event(what, worker, why, at));
    } else {
      moreEvents++;
    }
  }

  @Override
  public void missed(long count, long at) {
    missed += count;
  }

  /** Writes the page; returns the reason if that is impossible. */
  Optional<IOException> write(Output out, ReportPage.About about, Tally tally) {
    try (out) {
      out.begin();
      out.write(new ReportPage(about, this, tally).toString().getBytes(StandardCharsets.UTF_8));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e);
    }
  }
}
