package pool.cli;

import java.util.List;

/**
 * A table. If it has more than two columns, it becomes a list of cards where the screen is too
 * narrow, so each cell also contains the name of its column.
 */
final class HtmlTable implements AutoCloseable {

  /**
   * A column.
   *
   * @param name the name, which its cells repeat
   * @param isText whether its cells contain any text, which wraps, and not numbers
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

  /** Begins the table. */
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

  /** Adds a row; the cells are in the order of the columns. */
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
