package pool.plugins.example.download;

/** URLs of SQLite files whose name is not UTF-8. */
final class SqliteBytes {

  private static final String PREFIX = "jdbc:sqlite:";
  private static final String URI = "file:";

  private SqliteBytes() {}

  /**
   * Returns the URL of the same file as a URI, the only form in which SQLite accepts arbitrary
   * bytes. The given URL has U+DC80 to U+DCFF in place of the bytes 0x80 to 0xff; a URL without
   * these is returned unchanged.
   */
  static String escapedIn(String url) {
    if (!url.startsWith(PREFIX) || !areIn(url)) {
      return url;
    }
    String file = url.substring(PREFIX.length());
    boolean isUri = file.startsWith(URI);
    String name = isUri ? file.substring(URI.length()) : file;
    int end = name.indexOf('?') < 0 ? name.length() : name.indexOf('?'); // parameters follow
    StringBuilder escaped = new StringBuilder(PREFIX + URI);
    name.substring(0, end).codePoints().forEach(c -> append(escaped, c, isUri));
    return escaped + name.substring(end);
  }

  /** Returns whether a text contains bytes that are not UTF-8. */
  static boolean areIn(String text) {
    return text.codePoints().anyMatch(SqliteBytes::isByte);
  }

  private static boolean isByte(int codePoint) {
    return codePoint >= 0xdc80 && codePoint <= 0xdcff;
  }

  private static void append(StringBuilder escaped, int codePoint, boolean isUri) {
    if (isByte(codePoint)) {
      escaped.append("%%%02X".formatted(codePoint & 0xff));
    } else if (!isUri && (codePoint == '%' || codePoint == '#')) {
      escaped.append("%%%02X".formatted(codePoint));
    } else {
      escaped.appendCodePoint(codePoint);
    }
  }
}
