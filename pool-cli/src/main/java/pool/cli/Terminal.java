package pool.cli;

import java.util.Optional;

/**
 * What is known about the terminal. The image's start script finds that out, since Java only
 * reports whether standard input and output are both terminals.
 */
final class Terminal {

  private static final int USUAL_WIDTH = 80;
  private static final int LEAST_WIDTH = 20;

  private Terminal() {}

  /**
   * The number of columns of standard error; empty if it is not a terminal that can erase a line.
   */
  static Optional<Integer> width() {
    return Optional.ofNullable(System.getProperty("pool.terminal.width"))
        .filter(_ -> !"dumb".equals(System.getenv("TERM")))
        .map(Terminal::width);
  }

  /** A terminal that does not know its width reports 0. */
  static int width(String columns) {
    try {
      int width = Integer.parseInt(columns);
      return width == 0 ? USUAL_WIDTH : Math.max(LEAST_WIDTH, width);
    } catch (NumberFormatException e) {
      return USUAL_WIDTH;
    }
  }

  /** Returns whether standard output is a terminal, too. */
  static boolean hasOutput() {
    return Boolean.getBoolean("pool.terminal.output");
  }
}
