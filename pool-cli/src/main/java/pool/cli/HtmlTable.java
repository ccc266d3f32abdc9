package pool.cli;

import java.util.List;

/**
 * A table. One of more than two columns becomes a list of cards where the screen is too narrow for
 * them: so each cell says of which column it is.
 */
final class HtmlTable implements AutoCloseable {

  /**
   * A column.
   *
   * @param name also its cells'
   * @param isText whether its cells are anybody's text, which wraps, and no numbers
   */
  record Column(String name, boolean isText) {
    static Column text(String name) {
      return new Column(name, true);
    }

    static Column of(String name) {
      return new Column(name, false);
    }
  }

  private final Html html;
  private final List<Column> columns;

  /** Begins it. */
  HtmlTable(Html html, String caption, Column... columns) {
    this.html = html;
    this.columns = List.of(columns);
    html.add(
        "<div class=\"wide\"><table class=\"{}\"><caption>{}</caption><thead><tr>",
        columns.length > 2 ? "cards" : "",
        caption);
    for (Column column : columns) {
      html.add("<th scope=\"col\">{}", column.name);
    }
    html.add("</thead><tbody>");
  }

  /** In the order of the columns. */
  void row(Object... cells) {
    html.add("<tr>");
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      html.add(
          "<td class=\"{}\" data-name=\"{}\"><bdi>{}</bdi>",
          column.isText ? "text" : "",
          column.name,
          cells[i]);
    }
  }

  @Override
  public void close() {
    html.add("</tbody></table></div>");
  }
}
