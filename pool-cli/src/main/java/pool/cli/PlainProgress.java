package pool.cli;

import java.io.PrintStream;
import java.time.Duration;

/** A line of progress every few seconds, for logs. */
final class PlainProgress implements Progress.Display {

  private final PrintStream err;
  private final Duration interval;

  PlainProgress(PrintStream err, Duration interval) {
    this.err = err;
    this.interval = interval;
  }

  @Override
  public Duration interval() {
    return interval;
  }

  @Override
  public void show(Standing standing) {
    err.println("progress: " + String.join(", ", standing.words()));
  }

  @Override
  public void end() {}
}
