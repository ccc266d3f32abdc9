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
 * nobody waits for it. The main thread is the only one that writes and decides; it lives on events:
 * a job has settled, the input has ended, a signal came, the pool has closed. The room for lines
 * that were read and are not yet written bounds what is in memory.
 */
final class LineRun {

  private sealed interface Event {
    record Succeeded(Line line, @Nullable Object result) implements Event {}

    record Failed(Failure failure) implements Event {}

    record NotDone(Line line, String outcome) implements Event {}

    record InputEnded(boolean wholly, @Nullable Throwable because) implements Event {}

    record Signalled(int number) implements Event {}

    record Closed(CloseReport report) implements Event {}
  }

  private final WorkerPool<Line, Object> pool;
  private final WorkerFactory<Object, Object> factory;
  private final Lines lines;
  private final JsonLines outcomes;
  private final boolean keepGoing;
  private final Optional<Duration> closeTimeout;

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Room room;
  private final Tally tally;
  private volatile boolean stopReading;

  // The main thread's:
  private int signal;
  private boolean closing;
  private boolean readWholly;
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

  /** Runs the batch, and returns a summary, by lines. */
  List<String> toTheEnd() throws InterruptedException {
    Signals.handle(number -> events.add(new Event.Signalled(number)));
    Thread reader = Thread.ofPlatform().daemon(true).name("reader").start(this::read);
    while (report == null || tally.done() < tally.read()) {
      Event event = events.poll(100, TimeUnit.MILLISECONDS);
      if (event != null) {
        handle(event);
      }
    }
    reader.interrupt();
    tally.ends();
    return summary();
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
          room.enter(line.text());
          submit(number, line);
        }
      }
    } catch (PoolClosedException | InterruptedException e) {
      // the main thread closed the pool, and knows
    } catch (Throwable e) {
      because = e;
    } finally {
      events.add(new Event.InputEnded(wholly, because));
    }
  }

  private void submit(long number, Lines.Text text) {
    if (text.wrong() != null) {
      refuse(Failure.notAJob(number, text.text(), text.wrong()));
      return;
    }
    Line line;
    try {
      line = new Line(number, text.text(), job(text.text()));
    } catch (Throwable e) { // the plugin's code: it spoils this line only
      refuse(Failure.notAJob(number, text.text(), Printable.reason(e)));
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
        future.whenComplete(
            (result, cause) -> events.add(settled(line, result, cause, future.isCancelled())));
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
      case Event.Signalled(int number) -> {
        boolean second = signal != 0;
        signal = number;
        close(second ? Optional.of(Duration.ZERO) : closeTimeout);
      }
      case Event.Closed(CloseReport ofPool) -> report = ofPool;
    }
  }

  private void succeeded(Line line, @Nullable Object result) {
    byte[] text;
    try {
      text = outcomes.succeeded(line, result);
    } catch (Throwable e) {
      handle(new Event.Failed(Failure.notWritable(line, e)));
      return;
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
      outcomes.write(outcome.text());
    } catch (IOException e) {
      outputFailure = e;
      close(Optional.of(Duration.ZERO));
    }
  }

  /** Begins to close the pool, on a thread of its own; again only to hasten it. */
  private void close(Optional<Duration> limit) {
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

  private List<String> summary() {
    List<String> summary = new ArrayList<>();
    String notDone = tally.notDone() == 0 ? "" : ", " + tally.notDone() + " not done";
    summary.add(
        "finished: %d succeeded, %d failed%s in %s"
            .formatted(tally.succeeded(), tally.failed(), notDone, Times.ofRun(tally.nanos())));
    if (signal != 0) {
      String when = readWholly ? "" : " before the end of the input";
      summary.add("pool: stopped by a signal" + when);
    }
    if (inputFailure != null) {
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

  /** The exit status. */
  int status() {
    if (signal != 0) {
      return 128 + signal;
    }
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
