package pool.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.cli.input.BadHeaderException;
import pool.cli.input.InputLine;
import pool.cli.input.LineSource;
import pool.cli.outcome.BadOutcomesException;
import pool.core.CloseReport;
import pool.core.PoolClosedException;
import pool.core.WorkerPool;

/**
 * A batch from lines to lines.
 *
 * <p>One thread reads and submits; it may block in a read for ever, so it is a daemon and nothing
 * waits for it. The main thread handles events: a job has settled, the input has ended, the pool
 * has closed. A bound on lines that were read and are not yet written limits the memory. To stop
 * the run, any thread closes the pool, even while the main thread hangs in a write.
 */
final class LineRun implements Ending.Stage {

  /**
   * Five seconds for a worker that does not come back, and some time for the report of the close.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private sealed interface Event {

    /** A line has its outcome, which the main thread must write. */
    record Ended(Settled settled) implements Event {}

    record InputEnded(@Nullable Throwable because) implements Event {}

    record Closed(CloseReport report) implements Event {}
  }

  private final WorkerPool<Line, Object> pool;
  private volatile WorkerFactory<Object, Object> factory; // of the lines that are read next
  private final LineSource lines;
  private final Earlier earlier;
  private final Recorder recorder;
  private final boolean keepGoing;
  private final Optional<Duration> closeTimeout;

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Room room;
  private final Tally tally;
  private volatile boolean stopReading;

  /** How the pool is being closed. */
  private enum Closing {
    NOT_YET,
    IN_ORDER,
    AT_ONCE
  }

  private Closing closing = Closing.NOT_YET; // guarded by this object's monitor

  // Used by the main thread:
  private @Nullable Throwable inputFailure;
  private @Nullable CloseReport report;

  LineRun(
      WorkerPool<Line, Object> pool,
      WorkerFactory<Object, Object> factory,
      LineSource lines,
      Earlier earlier,
      Recorder recorder,
      Room room,
      Tally tally,
      boolean keepGoing,
      Optional<Duration> closeTimeout) {
    this.pool = pool;
    this.factory = factory;
    this.lines = lines;
    this.earlier = earlier;
    this.recorder = recorder;
    this.room = room;
    this.tally = tally;
    this.keepGoing = keepGoing;
    this.closeTimeout = closeTimeout;
  }

  /** The factory that reads the lines. */
  WorkerFactory<Object, Object> factory() {
    return factory;
  }

  /** From now on another factory reads the lines; its workers are open. */
  void readsWith(WorkerFactory<Object, Object> next) {
    factory = next;
  }

  /** Runs the batch, and returns a summary, in lines. */
  List<String> toTheEnd() throws InterruptedException {
    Thread reader = Thread.ofPlatform().daemon(true).name("reader").start(this::read);
    while (report == null || tally.done() < tally.read()) {
      Event event = events.poll(100, TimeUnit.MILLISECONDS);
      while (event != null) {
        handle(event);
        event = events.poll();
      }
      recorder.flush();
      stopIfOutputFailed();
    }
    reader.interrupt();
    tally.ends();
    return told();
  }

  // The reader thread

  private void read() {
    boolean wholly = false;
    Throwable because = null;
    try {
      long last = 0;
      while (!stopReading && !wholly) {
        InputLine line = lines.next();
        if (stopReading) {
          return;
        }
        if (line == null) {
          earlier.requireNoneAfter(last);
          wholly = true;
          tally.readWholly();
        } else {
          last = line.number();
          if (earlier.isToRun(line)) {
            String shown = Line.shown(line.text());
            room.enter(shown);
            submit(line, shown);
          }
        }
      }
    } catch (PoolClosedException | InterruptedException e) {
      // the main thread has closed the pool, and knows
    } catch (Throwable e) {
      because = e;
      boolean _ = Ending.OF_PROCESS.noticeMemory(e);
    } finally {
      events.add(new Event.InputEnded(because));
    }
  }

  private void submit(InputLine read, String shown) {
    if (read.wrong() != null) {
      refuse(read, shown, read.wrong());
      return;
    }
    Line line;
    try {
      line = new Line(recorder, read, shown, job(read));
    } catch (Throwable e) { // the plugin's code: only this line fails
      boolean _ = Ending.OF_PROCESS.noticeMemory(e);
      refuse(read, shown, Printable.reason(e));
      return;
    }
    submit(line);
  }

  private void refuse(InputLine read, String shown, String why) {
    tally.reads();
    settle(Settled.refused(new Line(recorder, read, shown, null), why));
  }

  private void submit(Line line) {
    tally.reads(); // before the job can settle
    CompletableFuture<Object> future;
    try {
      future = pool.submit(line);
    } catch (Throwable e) { // not accepted, so it never settles
      tally.unreads();
      throw e;
    }
    try {
      CompletableFuture<?> _ =
          future.whenComplete((result, cause) ->
              settle(line, () -> Settled.of(line, result, cause, future.isCancelled())));
    } finally {
      line.watched();
    }
  }

  private Object job(InputLine line) throws Exception {
    @Nullable Object job = lines.job(factory, line);
    if (job == null) {
      throw new IllegalArgumentException("read returned null");
    }
    return job;
  }

  // The thread that has settled a job, mostly its worker

  private void settle(Line line, Supplier<Settled> outcome) {
    try {
      settle(outcome.get());
    } catch (Throwable e) { // the line has no outcome
      boolean _ = Ending.OF_PROCESS.noticeMemory(e);
      recorder.lose(line, e);
      stopIfOutputFailed();
    } finally {
      line.recorded();
    }
  }

  private void settle(Settled settled) {
    if (recorder.isAtOnce()) {
      recorder.record(settled);
      stopIfOutputFailed();
    } else {
      events.add(new Event.Ended(settled));
    }
    if (settled.failure() != null && !keepGoing) {
      close(Optional.of(Duration.ZERO));
    }
  }

  private void stopIfOutputFailed() {
    if (recorder.failure() != null) {
      close(Optional.of(Duration.ZERO));
    }
  }

  // The main thread

  private void handle(Event event) {
    switch (event) {
      case Event.Ended(Settled settled) -> recorder.add(settled);
      case Event.InputEnded(Throwable because) -> {
        inputFailure = because;
        close(closeTimeout);
      }
      case Event.Closed(CloseReport ofPool) -> report = ofPool;
    }
  }

  // Any thread that stops the run

  @Override
  public String doing() {
    long left = tally.read() - tally.done();
    String doing = recorder.isFlushing() ? "outcomes are written that nobody reads" : "jobs run";
    return left == 0 ? "the workers close" : doing + " (" + left + " lines are left)";
  }

  @Override
  public void stop(boolean atOnce) {
    close(atOnce ? Optional.of(Duration.ZERO) : closeTimeout);
  }

  @Override
  public Duration patience() {
    return PATIENCE;
  }

  /** Begins to close the pool, on a separate thread; called again only to hasten it. */
  private synchronized void close(Optional<Duration> limit) {
    stopReading = true;
    boolean hasten = limit.isPresent() && limit.get().isZero();
    if (hasten || !tally.isReadWholly()) {
      tally.stops();
    }
    Closing next = hasten ? Closing.AT_ONCE : Closing.IN_ORDER;
    if (closing.compareTo(next) >= 0) {
      return;
    }
    closing = next;
    Duration deadline = limit.orElse(Duration.ofSeconds(Long.MAX_VALUE));
    Thread.ofPlatform()
        .daemon(true)
        .name("closer")
        .start(() -> events.add(new Event.Closed(pool.shutdown(deadline))));
  }

  @Override
  public List<String> summary() {
    long left = tally.read() - tally.succeeded() - tally.failed();
    return List.of(
        "finished: %d succeeded, %d failed%s in %s"
            .formatted(
                tally.succeeded(),
                tally.failed(),
                left == 0 ? "" : ", " + left + " not done",
                Times.ofRun(tally.nanos())));
  }

  private List<String> told() {
    List<String> summary = new ArrayList<>(summary());
    if (Ending.OF_PROCESS.signal() != 0) {
      String when = tally.isReadWholly() ? "" : " before the end of the input";
      summary.add("pool: stopped by a signal" + when);
    }
    if (inputFailure != null && !Ending.isNoMemory(inputFailure)) { // reported at the end
      String what =
          switch (inputFailure) {
            case BadOutcomesException _ -> ""; // the message says it all
            case BadHeaderException _ -> "cannot read the input: ";
            default -> "the input could not be read to its end: ";
          };
      summary.add("pool: " + what + said(inputFailure));
    }
    Failure first = recorder.firstFailure();
    if (first != null && !keepGoing && Ending.OF_PROCESS.signal() == 0) {
      String rest = tally.isReadWholly() ? "" : ", and the rest of the input was not read";
      summary.add(
          "pool: stopped at the first failure%s (--keep-going goes on): %s"
              .formatted(rest, Printable.line(first.reasonWithLine())));
    }
    if (earlier.leavesFailures()) {
      summary.add("pool: lines failed in an earlier run; --retry-failed runs them again");
    }
    IOException outputFailure = recorder.failure();
    if (outputFailure != null) {
      summary.add("pool: the output could not be written: " + said(outputFailure));
    }
    if (report != null) {
      for (CloseReport.CloseFailure failure : report.closeFailures()) {
        String worker = Printable.line(failure.worker());
        summary.add("pool: " + worker + " failed to close: " + Printable.whole(failure.cause()));
      }
      for (CloseReport.Abandoned worker : report.abandoned()) {
        summary.add("pool: " + Printable.line(worker.worker()) + " did not come back");
      }
    }
    return summary;
  }

  private static String said(Throwable e) {
    return Printable.line(Printable.reason(e));
  }

  /** The exit status, unless something else has ended the run. */
  int status() {
    boolean allDone =
        tally.failed() == 0
            && !earlier.leavesFailures()
            && tally.notDone() == 0
            && inputFailure == null
            && recorder.failure() == null
            && report != null
            && report.isClean();
    return allDone ? Main.OK : Main.FAILED;
  }
}
