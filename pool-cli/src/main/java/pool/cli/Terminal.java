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

  /** How many columns standard error has, empty when it is no terminal. */
  static Optional<Integer> width() {
    return Optional.ofNullable(System.getProperty("pool.terminal.width")).map(Terminal::width);
  }

  private static int width(String columns) {
    try {
      return Math.max(LEAST_WIDTH, Integer.parseInt(columns));
    } catch (NumberFormatException e) {
      return USUAL_WIDTH;
    }
  }

  /** Whether standard output is one, too. */
  static boolean hasOutput() {
    return Boolean.getBoolean("pool.terminal.output");
  }
}
