package pool.cli;

import java.util.Optional;

/**
 * What is known of the terminal: the image's start script looks, since Java only tells whether
 * standard input and output are both one.
 */
final class Terminal {

  private static final int USUAL_WIDTH = 80;
  private static final int LEAST_WIDTH = 20;

  private Terminal() {}

  /** How many columns standard error has, empty when it is no terminal that can erase a line. */
  static Optional<Integer> width() {
    return Optional.ofNullable(System.getProperty("pool.terminal.width"))
        .filter(_ -> !"dumb".equals(System.getenv("TERM")))
        .map(Terminal::width);
  }

  /** A terminal that does not know its width says 0. */
  static int width(String columns) {
    try {
      int width = Integer.parseInt(columns);
      return width == 0 ? USUAL_WIDTH : Math.max(LEAST_WIDTH, width);
    } catch (NumberFormatException e) {
      return USUAL_WIDTH;
    }
  }

  /** Whether standard output is one, too. */
  static boolean hasOutput() {
    return Boolean.getBoolean("pool.terminal.output");
  }
}
