package pool.cli;

/** What a terminal shows in the end, as far as it knows CR, LF and the erasing of a line. */
final class Screen {

  private Screen() {}

  static String of(String written) {
    StringBuilder shown = new StringBuilder();
    int line = 0; // where it begins
    int cursor = 0;
    for (int i = 0; i < written.length(); i++) {
      char c = written.charAt(i);
      if (c == '\r') {
        cursor = line;
      } else if (c == '\n') {
        cursor = shown.append('\n').length();
        line = cursor;
      } else if (written.startsWith("\u001b[K", i)) {
        shown.setLength(cursor);
        i += 2;
      } else {
        shown.replace(cursor, Math.min(shown.length(), cursor + 1), String.valueOf(c));
        cursor++;
      }
    }
    return shown.toString();
  }
}
