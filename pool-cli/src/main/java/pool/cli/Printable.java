package pool.cli;

import pool.api.internal.Reason;

/** Makes foreign text fit for a terminal. */
final class Printable {

  /** The bound for a message that quotes, for example, a whole line of input. */
  private static final int LONGEST = 2_000;

  private Printable() {}

  /**
   * Returns one line, not too long. Characters that a terminal or a reader of lines would obey
   * instead of showing, such as ESC, a line feed or a change of the writing direction, are escaped
   * as in JSON.
   */
  static String line(String text) {
    return plain(shortened(text));
  }

  /** The same, cut to the room that a table has. */
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

  /** Cuts a long text, and notes how much was cut. */
  static String shortened(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST) + "... (" + (text.length() - LONGEST) + " more)";
  }

  static String escape(int c) {
    return "\\u%04x".formatted(c);
  }

  /** Returns whether a character shows as itself; half of a surrogate pair does not. */
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

  /** The message of an exception. */
  static String reason(Throwable e) {
    return shortened(Reason.of(e));
  }

  /** A value as text; the code that converts it may be a plugin's. */
  static String text(Object value) {
    try {
      return shortened(String.valueOf(value));
    } catch (Throwable unreadable) {
      return value.getClass().getName();
    }
  }

  /** An exception's class and message, in one line. */
  static String whole(Throwable e) {
    return line(Reason.withClass(e));
  }
}
