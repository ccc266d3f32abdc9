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
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.core.CloseReport;
import pool.core.PoolClosedException;
import pool.core.WorkerPool;

/**
 * A batch from lines to lines.
 *
 * <p>One thread reads and submits; it may be blocked in a read for ever, so it is a daemon and
 * nobody waits for it. The main thread is the only one that writes; it lives on events: a job has
 * settled, the input has ended, the pool has closed. The room for lines that were read and are not
 * yet written bounds what is in memory. Whoever wants to stop the run closes the pool, also while
 * the main thread hangs in a write.
 */
final class LineRun implements Ending.Stage {

  /** A worker that does not come back has 5 s, the report of the close a little. */
  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private sealed interface Event {
    record Succeeded(Line line, @Nullable Object result) implements Event {}

    record Failed(Failure failure) implements Event {}

    record NotDone(Line line, String outcome) implements Event {}

    record InputEnded(boolean wholly, @Nullable Throwable because) implements Event {}

    record Closed(CloseReport report) implements Event {}
  }

  private final WorkerPool<Line, Object> pool;
  private volatile WorkerFactory<Object, Object> factory; // of the lines that are read next
  private final Lines lines;
  private final JsonLines outcomes;
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

  // The main thread's:
  private @Nullable Throwable inputFailure;
  private @Nullable IOException outputFailure;
  private @Nullable CloseReport report;

  LineRun(
      WorkerPool<Line, Object> pool,
      WorkerFactory<Object, Object> factory,
      Lines lines,
      JsonLines outcomes,
      Room room,
      Tally tally,
      boolean keepGoing,
      Optional<Duration> closeTimeout) {
    this.pool = pool;
    this.factory = factory;
    this.lines = lines;
    this.outcomes = outcomes;
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
      if (event != null) {
        handle(event);
      }
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
      for (long number = 1; !stopReading && !wholly; number++) {
        Lines.Text line = lines.next();
        if (line == null) {
          wholly = true;
          tally.readWholly();
        } else {
          String shown = Line.shown(line.text());
          room.enter(shown);
          submit(number, line, shown);
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

  private void submit(long number, Lines.Text text, String shown) {
    if (text.wrong() != null) {
      refuse(Failure.notAJob(number, shown, text.wrong()));
      return;
    }
    Line line;
    try {
      line = new Line(number, shown, job(text.text()));
    } catch (Throwable e) { // the plugin's code: it spoils this line only
      boolean _ = noticeMemory(e);
      refuse(Failure.notAJob(number, shown, Printable.reason(e)));
      return;
    }
    submit(line);
  }

  private void refuse(Failure failure) {
    tally.reads();
    events.add(new Event.Failed(failure));
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
    CompletableFuture<?> _ =
        future.whenComplete((result, cause) -> {
          try {
            events.add(settled(line, result, cause, future.isCancelled()));
          } catch (Throwable e) { // the line has no outcome now
            Ending.OF_PROCESS.outOfMemory(e);
          }
        });
  }

  private Object job(String text) {
    @Nullable Object job = factory.read(text);
    if (job == null) {
      throw new IllegalArgumentException("read returned null");
    }
    return job;
  }

  private static Event settled(
      Line line, @Nullable Object result, @Nullable Throwable cause, boolean cancelled) {
    if (cause == null) {
      return new Event.Succeeded(line, result);
    }
    boolean _ = noticeMemory(cause);
    if (line.hasThrown(cause)) {
      return new Event.Failed(Failure.of(line, cause));
    }
    if (cancelled) {
      return new Event.NotDone(line, "cancelled");
    }
    return cause instanceof PoolClosedException
        ? new Event.NotDone(line, "notStarted")
        : new Event.Failed(Failure.of(line, cause));
  }

  // The main thread

  private void handle(Event event) {
    switch (event) {
      case Event.Succeeded(Line line, Object result) -> succeeded(line, result);
      case Event.Failed(Failure failure) -> {
        tally.fails(failure);
        write(failure.text(), () -> outcomes.failed(failure));
        if (!keepGoing) {
          close(Optional.of(Duration.ZERO));
        }
      }
      case Event.NotDone(Line line, String outcome) -> {
        tally.isNotDone();
        write(line.text(), () -> outcomes.notDone(line, outcome));
      }
      case Event.InputEnded(boolean wholly, Throwable because) -> {
        readWholly = wholly;
        inputFailure = because;
        close(closeTimeout);
      }
      case Event.Closed(CloseReport ofPool) -> report = ofPool;
    }
  }

  private void succeeded(Line line, @Nullable Object result) {
    byte[] text;
    doing = "the text of the result of line " + line.number() + " is made";
    try {
      text = outcomes.succeeded(line, result);
    } catch (Throwable e) {
      boolean _ = noticeMemory(e);
      handle(new Event.Failed(Failure.notWritable(line, e)));
      return;
    } finally {
      doing = "jobs run";
    }
    tally.succeeds();
    write(line.text(), () -> text);
  }

  private interface Outcome {
    byte[] text() throws IOException;
  }

  private void write(String line, Outcome outcome) {
    room.leave(line);
    if (outputFailure != null) {
      return;
    }
    try {
      byte[] text = outcome.text();
      doing = "outcomes are written that nobody reads";
      outcomes.write(text);
    } catch (IOException e) {
      outputFailure = e;
      close(Optional.of(Duration.ZERO));
    } finally {
      doing = "jobs run";
    }
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
      summary.add("pool: the input could not be read to its end: " + said(inputFailure));
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
            && tally.notDone() == 0
            && inputFailure == null
            && outputFailure == null
            && report != null
            && report.isClean();
    return allDone ? Main.OK : Main.FAILED;
  }
}
