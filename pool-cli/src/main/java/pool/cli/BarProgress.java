package pool.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A bar on a terminal's last line. What is printed to standard error meanwhile comes above it. */
final class BarProgress implements Progress.Display {

  private static final Duration INTERVAL = Duration.ofMillis(100);

  private final PrintStream err;
  private final StatusLine status;
  private final ProgressBar bar;

  /** Takes standard error, until the end. */
  BarProgress(String task, PrintStream err, int width) {
    this.err = err;
    this.status = new StatusLine(err, err.charset());
    System.setErr(new PlainErr(status, err.charset()));
    boolean blocks = err.charset().equals(StandardCharsets.UTF_8);
    this.bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(-1) // not known yet
            .setStyle(blocks ? ProgressBarStyle.UNICODE_BLOCK : ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis((int) INTERVAL.toMillis())
            .continuousUpdate()
            .showSpeed()
            .setConsumer(new DelegatingProgressBarConsumer(this::line, width - 1))
            .build();
  }

  private void line(String line) {
    try {
      status.show(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public void show(Tally tally, OptionalLong lines) {
    lines.ifPresent(bar::maxHint);
    bar.stepTo(tally.done());
    bar.setExtraMessage(tally.failed() == 0 ? "" : " " + tally.failed() + " failed");
  }

  @Override
  public void end() {
    bar.close();
    line("");
    System.setErr(err);
  }
}
