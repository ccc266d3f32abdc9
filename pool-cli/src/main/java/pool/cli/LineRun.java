package pool.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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
 * a job has settled, the input has ended, a signal came, the pool has closed. A permit for each
 * line that was read and is not yet written bounds what is in memory.
 */
final class LineRun {

  private sealed interface Event {
    record Succeeded(Line line, @Nullable Object result) implements Event {}

    record Failed(long number, String text, String reason) implements Event {}

    record NotDone(Line line, String outcome) implements Event {}

    record InputEnded(boolean wholly, @Nullable Throwable because) implements Event {}

    record Signalled(int number) implements Event {}

    record Closed(CloseReport report) implements Event {}
  }

  private final WorkerPool<Line, Object> pool;
  private final WorkerFactory<Object, Object> factory;
  private final BufferedReader lines;
  private final JsonLines outcomes;
  private final boolean keepGoing;
  private final Optional<Duration> closeTimeout;

  private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final Semaphore permits;
  private final AtomicLong read = new AtomicLong(); // lines that will be written
  private volatile boolean stopReading;

  // The main thread's:
  private long succeeded;
  private long failed;
  private long notDone;
  private int signal;
  private boolean closing;
  private boolean readWholly;
  private @Nullable Throwable inputFailure;
  private @Nullable IOException outputFailure;
  private @Nullable CloseReport report;

  LineRun(
      WorkerPool<Line, Object> pool,
      WorkerFactory<Object, Object> factory,
      BufferedReader lines,
      JsonLines outcomes,
      long inMemory,
      boolean keepGoing,
      Optional<Duration> closeTimeout) {
    this.pool = pool;
    this.factory = factory;
    this.lines = lines;
    this.outcomes = outcomes;
    this.permits = new Semaphore((int) Math.min(Integer.MAX_VALUE, inMemory));
    this.keepGoing = keepGoing;
    this.closeTimeout = closeTimeout;
  }

  /** Runs the batch, prints a summary and returns the exit status. */
  int toTheEnd(PrintWriter summary) throws InterruptedException {
    long start = System.nanoTime();
    Signals.handle(number -> events.add(new Event.Signalled(number)));
    Thread reader = Thread.ofPlatform().daemon(true).name("reader").start(this::read);
    while (report == null || succeeded + failed + notDone < read.get()) {
      Event event = events.poll(100, TimeUnit.MILLISECONDS);
      if (event != null) {
        handle(event);
      }
    }
    reader.interrupt();
    summarize(summary, System.nanoTime() - start);
    return status();
  }

  // The reader

  private void read() {
    boolean wholly = false;
    Throwable because = null;
    try {
      for (long number = 1; !stopReading && !wholly; number++) {
        String text = lines.readLine();
        if (text == null) {
          wholly = true;
        } else {
          permits.acquire();
          submit(number, text);
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

  private void submit(long number, String text) {
    Line line;
    try {
      line = new Line(number, text, job(text));
    } catch (Throwable e) { // the plugin's code: it spoils this line only
      read.incrementAndGet();
      events.add(new Event.Failed(number, text, "line " + number + ": " + reason(e)));
      return;
    }
    read.incrementAndGet(); // before the job can settle
    CompletableFuture<Object> future;
    try {
      future = pool.submit(line);
    } catch (Throwable e) { // not accepted, so it never settles
      read.decrementAndGet();
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
        ? new Event.NotDone(line, "returned")
        : new Event.Failed(line.number(), line.text(), reason(cause));
  }

  private static String reason(Throwable e) {
    try {
      return e.getMessage() == null ? e.toString() : e.getMessage();
    } catch (Throwable unreadable) { // the plugin's code
      return e.getClass().getName();
    }
  }

  // The main thread

  private void handle(Event event) {
    switch (event) {
      case Event.Succeeded(Line line, Object result) -> succeeded(line, result);
      case Event.Failed(long number, String text, String reason) -> {
        failed++;
        write(() -> outcomes.failed(number, text, reason));
        if (!keepGoing) {
          close(Optional.of(Duration.ZERO));
        }
      }
      case Event.NotDone(Line line, String outcome) -> {
        notDone++;
        write(() -> outcomes.notDone(line, outcome));
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
      String reason = "its result cannot be written: " + reason(e);
      handle(new Event.Failed(line.number(), line.text(), reason));
      return;
    }
    succeeded++;
    write(() -> text);
  }

  private interface Outcome {
    byte[] text() throws IOException;
  }

  private void write(Outcome outcome) {
    permits.release();
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

  private void summarize(PrintWriter summary, long nanos) {
    summary.printf(
        "finished: %d succeeded, %d failed%s in %.1f s%n",
        succeeded, failed, notDone == 0 ? "" : ", " + notDone + " not done", nanos / 1e9);
    if (signal != 0) {
      String when = readWholly ? "" : " before the end of the input";
      summary.println("pool: stopped by a signal" + when);
    }
    if (inputFailure != null) {
      summary.println("pool: the input could not be read to its end: " + reason(inputFailure));
    }
    if (outputFailure != null) {
      summary.println("pool: the output could not be written: " + reason(outputFailure));
    }
    if (report != null) {
      report
          .closeFailures()
          .forEach(failure ->
              summary.printf("pool: %s failed to close: %s%n", failure.worker(), failure.cause()));
      report
          .abandoned()
          .forEach(worker -> summary.printf("pool: %s did not come back%n", worker.worker()));
    }
    summary.flush();
  }

  private int status() {
    if (signal != 0) {
      return 128 + signal;
    }
    boolean allDone =
        failed == 0
            && notDone == 0
            && inputFailure == null
            && outputFailure == null
            && report != null
            && report.isClean();
    return allDone ? Main.OK : Main.FAILED;
  }
}
