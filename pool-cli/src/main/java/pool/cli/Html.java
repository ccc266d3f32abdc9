package pool.cli;

import java.util.Locale;

/** A page that is being written. */
final class Html {

  private static final String PLACE = "{}";

  private final StringBuilder page = new StringBuilder();

  /**
   * Adds markup.
   *
   * @param markup our own markup; each {@code {}} in it is a place for a value
   * @param values may be anybody's text: markup and control characters in it are escaped
   */
  Html add(String markup, Object... values) {
    int from = 0;
    for (Object value : values) {
      int place = markup.indexOf(PLACE, from);
      page.append(markup, from, place).append(escaped(String.valueOf(value)));
      from = place + PLACE.length();
    }
    page.append(markup, from, markup.length()).append('\n');
    return this;
  }

  /** The text as it is shown, within an element or a quoted attribute. */
  private static String escaped(String text) {
    return Printable.line(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** A length or a position in a picture. */
  static String decimal(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
