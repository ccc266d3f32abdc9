package pool.cli;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import pool.core.PoolListener;
import pool.core.PoolStats;
import pool.core.WorkerPool;
import pool.metrics.PoolMeter;

/** The trace and the report of a run that begins now, if they are wanted. */
final class Views {

  /** A trace that is not written by then goes, for example, to a pipe that nobody reads. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

  private final String factory;
  private final String how;
  private final Invocation invocation;
  private final Optional<Trace> trace;
  private final Optional<Output> page;
  private final Report report = new Report();
  private final PoolMeter meter = new PoolMeter();
  private final Watch watch;

  /**
   * Opens the files.
   *
   * @param factory the factory whose workers run
   * @param how the number of workers and the like, in a few words
   * @param invocation what was asked for
   */
  Views(String factory, String how, Invocation invocation, RunFiles files) {
    this.factory = factory;
    this.how = how;
    this.invocation = invocation;
    this.trace = files.trace().map(out -> new Trace(out, Printable.line("pool run " + factory)));
    this.page = files.report();
    this.watch =
        new Watch(
            InstantSource.system(),
            Stream.<Optional<? extends Viewer>>of(trace, page.map(_ -> report))
                .<Viewer>flatMap(Optional::stream)
                .toList());
  }

  /** Adds listeners; a pool without viewers reads no clock. */
  void listenTo(WorkerPool.Builder<?, ?> pool) {
    if (page.isPresent()) {
      pool.listener(PoolListener.of(meter, watch));
    } else if (trace.isPresent()) {
      pool.listener(watch);
    }
  }

  /** Ends the trace of a pool that did not open, and for which there is no report. */
  void endWithoutRun() throws InterruptedException {
    if (watch.end(LONGEST_WAIT)) {
      trace.ifPresent(Trace::end);
    }
  }

  /** Ends both after the pool has closed; returns what went wrong with the files, in lines. */
  List<String> end(List<String> summary, Tally tally, PoolStats stats) throws InterruptedException {
    List<String> wrong = new ArrayList<>();
    if (watch.end(LONGEST_WAIT)) {
      trace.flatMap(Trace::end).ifPresent(e -> wrong.add(line("trace", e)));
    } else {
      wrong.add("pool: the trace takes too long to write; it and the report lack the run's end");
    }
    var about =
        new ReportPage.About(
            factory, how, invocation, watch.began(), summary, tally.nanos(), meter.snapshot(stats));
    page.flatMap(out -> report.write(out, about, tally))
        .ifPresent(e -> wrong.add(line("report", e)));
    return wrong;
  }

  private static String line(String what, IOException e) {
    return "pool: the " + what + " could not be written: " + Printable.line(Printable.reason(e));
  }
}
