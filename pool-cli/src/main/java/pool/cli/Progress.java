package pool.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells on standard error how far a run is, on a thread of its own, which holds up nobody. */
@SuppressWarnings("try") // close() may be interrupted
final class Progress implements AutoCloseable {

  /** What a user may ask for. */
  enum Kind {
    AUTO,
    PLAIN,
    NONE
  }

  /** How it is told; used by one thread. */
  interface Display {

    Duration interval();

    /** Shows how far it is; how many lines there are in all may not be known yet. */
    void show(Tally tally, OptionalLong lines);

    void end();
  }

  private final Tally tally;
  private final Optional<Path> input;
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread thread;
  private OptionalLong lines = OptionalLong.empty(); // the thread's

  /** Begins; the input is there when it is a file. */
  Progress(Display display, Tally tally, Optional<Path> input) {
    this.tally = tally;
    this.input = input;
    this.thread = Thread.ofPlatform().daemon(true).name("progress").start(() -> tell(display));
  }

  private void tell(Display display) {
    try {
      display.show(tally, lines);
      if (input.isPresent()) {
        lines = LineCount.of(input.get());
      }
      while (!over.await(display.interval().toMillis(), TimeUnit.MILLISECONDS)) {
        display.show(tally, lines());
      }
    } catch (IOException | InterruptedException e) {
      // without a count, or at the end: nobody is to care
    } finally {
      display.end();
    }
  }

  private OptionalLong lines() {
    return tally.isReadWholly() ? OptionalLong.of(tally.read()) : lines;
  }

  /** Returns when nothing more will be told. */
  @Override
  public void close() throws InterruptedException {
    over.countDown();
    thread.join();
  }
}
