package pool.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.OptionalLong;

/** A line of progress every few seconds, for logs. */
final class PlainProgress implements Progress.Display {

  private final PrintStream err;
  private final Duration interval;
  private final long began = System.nanoTime();

  PlainProgress(PrintStream err, Duration interval) {
    this.err = err;
    this.interval = interval;
  }

  @Override
  public Duration interval() {
    return interval;
  }

  @Override
  public void show(Tally tally, OptionalLong lines) {
    long nanos = System.nanoTime() - began;
    err.println(line(tally, lines, nanos));
  }

  static String line(Tally tally, OptionalLong lines, long nanos) {
    long done = tally.done();
    StringBuilder line = new StringBuilder("progress: ").append(done);
    lines.ifPresent(all -> line.append(" of ").append(all));
    line.append(" done, ").append(tally.failed()).append(" failed, ");
    line.append(Math.round(done * 1e9 / Math.max(1, nanos))).append("/s");
    if (done > 0 && lines.isPresent()) {
      double left = (double) nanos / done * Math.max(0, lines.getAsLong() - done);
      line.append(", ").append(Times.of((long) left)).append(" left");
    }
    return line.toString();
  }

  @Override
  public void end() {}
}
