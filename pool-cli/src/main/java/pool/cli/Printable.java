package pool.cli;

import pool.api.internal.Reason;

/** Foreign text, made fit for a person's terminal. */
final class Printable {

  /** A message that quotes a whole line of input need not be as long. */
  private static final int LONGEST = 2_000;

  private Printable() {}

  /**
   * One line, not too long. What a terminal or a reader of lines would obey instead of show, such
   * as ESC, a line feed or a mark that turns the direction of writing, is written as JSON would.
   */
  static String line(String text) {
    return plain(shortened(text));
  }

  /** The same, cut where a table has no more room. */
  static String line(String text, int longest) {
    return plain(text.length() <= longest ? text : text.substring(0, longest) + "…");
  }

  private static String plain(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints().forEach(c -> append(line, c));
    return line.toString();
  }

  private static void append(StringBuilder line, int codePoint) {
    if (isPlain(codePoint)) {
      line.appendCodePoint(codePoint);
      return;
    }
    for (char c : Character.toChars(codePoint)) {
      line.append(escape(c));
    }
  }

  /** With how much was left out. */
  static String shortened(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST) + "... (" + (text.length() - LONGEST) + " more)";
  }

  static String escape(int c) {
    return "\\u%04x".formatted(c);
  }

  /** Whether it shows as itself; half of a pair does not. */
  static boolean isPlain(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** What an exception says. */
  static String reason(Throwable e) {
    return shortened(Reason.of(e));
  }

  /** What a value says of itself; its code may be a plugin's, too. */
  static String text(Object value) {
    try {
      return shortened(String.valueOf(value));
    } catch (Throwable unreadable) {
      return value.getClass().getName();
    }
  }

  /** What an exception says, with its class, as a line. */
  static String whole(Throwable e) {
    return line(Reason.withClass(e));
  }
}
