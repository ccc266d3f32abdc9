package pool.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * A progress bar on a terminal's last line. Anything printed to standard error appears above it.
 */
final class BarProgress implements Progress.Display {

  private static final Duration INTERVAL = Duration.ofMillis(100);
  private static final int SHORTEST_BAR = 10;
  private static final int LONGEST_BAR = 40;
  private static final int LONGEST_NAME = 24; // columns
  private static final int LEAST_WORDS = 30; // columns, below which there is no bar
  private static final String EIGHTHS = " ▏▎▍▌▋▊▉█";

  private final String name;
  private final PrintStream err;
  private final int width;
  private final StatusLine status;

  /** Takes over standard error, until the end. */
  BarProgress(String name, PrintStream err, int width) {
    this.name = name;
    this.err = err;
    this.width = width - 1; // the last column is for the cursor
    this.status = new StatusLine(err, err.charset());
    System.setErr(new PlainErr(status, err.charset()));
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public void show(Standing standing) {
    show(line(name, standing, width, err.charset().equals(StandardCharsets.UTF_8)));
  }

  private void show(String line) {
    try {
      status.show(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns as much of the line as there are columns for. */
  static String line(String name, Standing standing, int width, boolean hasBlocks) {
    String start = shortened(name) + " ";
    boolean hasBar = standing.lines().orElse(0) > 0;
    if (hasBar) {
      start += "%3d%% ".formatted((int) (100 * standing.part()));
    }
    int bar = Math.clamp(width / 6, SHORTEST_BAR, LONGEST_BAR);
    if (hasBar && columns(start) + bar + LEAST_WORDS <= width) {
      start += "|" + bar(standing.part(), bar, hasBlocks) + "| ";
    }
    String told = fitting(standing.words(), width - columns(start));
    String line = start + told;
    return columns(line) <= width ? line : told.substring(0, Math.min(width, told.length()));
  }

  /** Returns the first words that fit, which are the most important; at least one. */
  private static String fitting(List<String> words, int room) {
    int count = words.size();
    while (count > 1 && String.join(", ", words.subList(0, count)).length() > room) {
      count--;
    }
    return String.join(", ", words.subList(0, count));
  }

  private static String bar(double part, int length, boolean hasBlocks) {
    int eighths = (int) (8 * length * part);
    int whole = eighths / 8;
    if (!hasBlocks) {
      return "=".repeat(whole) + " ".repeat(length - whole);
    }
    String last = whole < length ? EIGHTHS.substring(eighths % 8, eighths % 8 + 1) : "";
    return "█".repeat(whole) + last + " ".repeat(length - whole - last.length());
  }

  private static String shortened(String name) {
    if (columns(name) <= LONGEST_NAME) {
      return name;
    }
    StringBuilder start = new StringBuilder();
    for (int c : name.codePoints().toArray()) {
      if (columns(start) + columns(c) > LONGEST_NAME - 3) {
        break;
      }
      start.appendCodePoint(c);
    }
    return start + "...";
  }

  /** The most columns that a text may take: terminals disagree about unusual characters. */
  private static int columns(CharSequence text) {
    return text.codePoints().map(BarProgress::columns).sum();
  }

  private static int columns(int codePoint) {
    return codePoint < 0x80 || EIGHTHS.indexOf(codePoint) >= 0 ? 1 : 2;
  }

  @Override
  public void end() {
    show("");
    System.setErr(err);
  }
}
