package pool.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.cli.input.BadHeaderException;
import pool.cli.input.InputLine;
import pool.cli.input.LineSource;
import pool.cli.outcome.BadOutcomesException;
import pool.cli.outcome.Outcome;
import pool.core.CloseReport;
import pool.core.PoolClosedException;
import pool.core.WorkerPool;

/**
 * A batch from lines to lines.
 *
 * <p>One thread reads and submits; it may be blocked in a read for ever, so it is a daemon and
 * nobody waits for it. The main thread lives on events: a job has settled, the input has ended, the
 * pool has closed. The room for lines that were read and are not yet written bounds what is in
 * memory. Whoever wants to stop the run closes the pool, also while the main thread hangs in a
 * write.
 *
 * <p>Who writes depends on what the output is. To a file, whoever settles a job does: its worker,
 * before it begins another job. So if the process is killed, each worker has at most one job that
 * was run and has no outcome. Whatever else the output is may hang for ever, as a pipe does that
 * nobody reads: then only the main thread writes, and no worker is held up.
 */
final class LineRun implements Ending.Stage {

  /** A worker that does not come back has 5 s, the report of the close a little. */
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private sealed interface Event {

    /** A line has its outcome; the failure is there when it failed. */
    record Settled(
        Line line, Outcome outcome, @Nullable Failure failure, ByteArrayOutputStream text)
        implements Event {}

    record InputEnded(boolean wholly, @Nullable Throwable because) implements Event {}

    record Closed(CloseReport report) implements Event {}
  }

  private final WorkerPool<Line, Object> pool;
  private volatile WorkerFactory<Object, Object> factory; // of the lines that are read next
  private final LineSource lines;
  private final Earlier earlier;
  private final JsonLines outcomes;
  private final boolean syncs;
  private final boolean keepGoing;
  private final Optional<Duration> closeTimeout;

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Room room;
  private final Tally tally;
  private volatile boolean stopReading;
  private volatile String doing = "jobs run";
  private volatile boolean readWholly;

  // Under this:
  private boolean closing;

  private volatile @Nullable IOException outputFailure; // the first: nothing is written after it

  // The main thread's:
  private @Nullable Throwable inputFailure;
  private @Nullable CloseReport report;

  LineRun(
      WorkerPool<Line, Object> pool,
      WorkerFactory<Object, Object> factory,
      LineSource lines,
      Earlier earlier,
      JsonLines outcomes,
      boolean syncs,
      Room room,
      Tally tally,
      boolean keepGoing,
      Optional<Duration> closeTimeout) {
    this.pool = pool;
    this.factory = factory;
    this.lines = lines;
    this.earlier = earlier;
    this.outcomes = outcomes;
    this.syncs = syncs;
    this.room = room;
    this.tally = tally;
    this.keepGoing = keepGoing;
    this.closeTimeout = closeTimeout;
  }

  /** Which factory reads the lines. */
  WorkerFactory<Object, Object> factory() {
    return factory;
  }

  /** Lines are read by another factory from now on, whose workers are there. */
  void readsWith(WorkerFactory<Object, Object> next) {
    factory = next;
  }

  /** Runs the batch, and returns a summary, by lines. */
  List<String> toTheEnd() throws InterruptedException {
    Thread reader = Thread.ofPlatform().daemon(true).name("reader").start(this::read);
    while (report == null || tally.done() < tally.read()) {
      Event event = events.poll(100, TimeUnit.MILLISECONDS);
      while (event != null) {
        handle(event);
        if (outcomes.isFull()) {
          flush();
        }
        event = events.poll();
      }
      flush();
    }
    reader.interrupt();
    tally.ends();
    return told();
  }

  // The reader

  private void read() {
    boolean wholly = false;
    Throwable because = null;
    try {
      long last = 0;
      while (!stopReading && !wholly) {
        InputLine line = lines.next();
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
      // the main thread closed the pool, and knows
    } catch (Throwable e) {
      because = e;
      noticeMemory(e);
    } finally {
      events.add(new Event.InputEnded(wholly, because));
    }
  }

  private static boolean noticeMemory(Throwable e) {
    boolean isOut = Ending.isNoMemory(e);
    if (isOut) {
      Ending.OF_PROCESS.outOfMemory(e);
    }
    return isOut;
  }

  private void submit(InputLine read, String shown) {
    if (read.wrong() != null) {
      refuse(new Line(read, shown, null), read.wrong());
      return;
    }
    Line line;
    try {
      line = new Line(read, shown, job(read));
    } catch (Throwable e) { // the plugin's code: it spoils this line only
      boolean _ = noticeMemory(e);
      refuse(new Line(read, shown, null), Printable.reason(e));
      return;
    }
    submit(line);
  }

  private void refuse(Line line, String why) {
    tally.reads();
    tell(failed(line, Failure.notAJob(line, why)));
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
          future.whenComplete((result, cause) -> {
            try {
              tell(settled(line, result, cause, future.isCancelled()));
            } catch (Throwable e) { // the line has no outcome now
              Ending.OF_PROCESS.outOfMemory(e);
            }
          });
    } finally {
      line.isWatched();
    }
  }

  private Object job(InputLine line) throws Exception {
    @Nullable Object job = lines.job(factory, line);
    if (job == null) {
      throw new IllegalArgumentException("read returned null");
    }
    return job;
  }

  // Whoever has settled a job: its worker, mostly

  private Event.Settled settled(
      Line line, @Nullable Object result, @Nullable Throwable cause, boolean cancelled) {
    if (cause == null) {
      return succeeded(line, result);
    }
    boolean _ = noticeMemory(cause);
    if (line.hasThrown(cause)) {
      return failed(line, Failure.of(line, cause));
    }
    if (cancelled) {
      return notDone(line, Outcome.CANCELLED);
    }
    return cause instanceof PoolClosedException
        ? notDone(line, Outcome.NOT_STARTED)
        : failed(line, Failure.of(line, cause));
  }

  /** The text of the result is made by the plugin's code. */
  private Event.Settled succeeded(Line line, @Nullable Object result) {
    try {
      ByteArrayOutputStream text = outcomes.succeeded(line, result);
      return new Event.Settled(line, Outcome.SUCCEEDED, null, text);
    } catch (Throwable e) {
      boolean _ = noticeMemory(e);
      return failed(line, Failure.notWritable(line, e));
    }
  }

  private Event.Settled failed(Line line, Failure failure) {
    return new Event.Settled(line, Outcome.FAILED, failure, outcomes.failed(line, failure));
  }

  private Event.Settled notDone(Line line, Outcome outcome) {
    return new Event.Settled(line, outcome, null, outcomes.notDone(line, outcome));
  }

  private void tell(Event.Settled settled) {
    if (outcomes.areKept()) {
      handle(settled);
    } else {
      events.add(settled);
    }
  }

  // The main thread

  private void handle(Event event) {
    switch (event) {
      case Event.Settled settled -> {
        write(settled);
        count(settled);
        room.leave(settled.line().text());
      }
      case Event.InputEnded(boolean wholly, Throwable because) -> {
        readWholly = wholly;
        inputFailure = because;
        close(closeTimeout);
      }
      case Event.Closed(CloseReport ofPool) -> report = ofPool;
    }
  }

  /** Once it is written: at the end all that is counted is there. */
  private void count(Event.Settled settled) {
    Failure failure = settled.failure();
    if (failure != null) {
      tally.fails(failure);
      if (!keepGoing) {
        close(Optional.of(Duration.ZERO));
      }
    } else if (settled.outcome() == Outcome.SUCCEEDED) {
      tally.succeeds();
    } else {
      tally.isNotDone();
    }
  }

  private void write(Event.Settled settled) {
    if (outputFailure != null) {
      return;
    }
    try {
      outcomes.write(settled.text());
      if (syncs) {
        outcomes.sync();
      }
    } catch (IOException e) {
      cannotWrite(e);
    }
  }

  /** What the main thread has written and nobody has seen, since more was to come. */
  private void flush() {
    if (outputFailure != null) {
      return;
    }
    doing = "outcomes are written that nobody reads";
    try {
      outcomes.flush();
    } catch (IOException e) {
      cannotWrite(e);
    } finally {
      doing = "jobs run";
    }
  }

  private synchronized void cannotWrite(IOException e) {
    if (outputFailure == null) {
      outputFailure = e;
    }
    close(Optional.of(Duration.ZERO));
  }

  // Whoever wants to stop it

  @Override
  public String doing() {
    long left = tally.read() - tally.done();
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

  /** Begins to close the pool, on a thread of its own; again only to hasten it. */
  private synchronized void close(Optional<Duration> limit) {
    stopReading = true;
    boolean hasten = limit.isPresent() && limit.get().isZero();
    if (hasten || !tally.isReadWholly()) {
      tally.stops();
    }
    if (closing && !hasten) {
      return;
    }
    closing = true;
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
      String when = readWholly ? "" : " before the end of the input";
      summary.add("pool: stopped by a signal" + when);
    }
    if (inputFailure != null && !Ending.isNoMemory(inputFailure)) { // that is told at the end
      String what =
          switch (inputFailure) {
            case BadOutcomesException _ -> ""; // which says it all
            case BadHeaderException _ -> "cannot read the input: ";
            default -> "the input could not be read to its end: ";
          };
      summary.add("pool: " + what + said(inputFailure));
    }
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
            && outputFailure == null
            && report != null
            && report.isClean();
    return allDone ? Main.OK : Main.FAILED;
  }
}
