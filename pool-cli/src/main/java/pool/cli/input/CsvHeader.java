package pool.cli.input;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The columns that a header of CSV names, and the records that their fields make. */
final class CsvHeader {

  private final Records records;
  private final List<Records.Part> columns;

  /**
   * Reads a header.
   *
   * @throws BadHeaderException when its columns are not the parts of the records
   */
  CsvHeader(List<CsvFields.Field> names, Records records) throws BadHeaderException {
    this.records = records;
    this.columns = columns(names, records);
  }

  private static List<Records.Part> columns(List<CsvFields.Field> names, Records records)
      throws BadHeaderException {
    Map<String, Records.Part> parts = new HashMap<>();
    records.parts().forEach(part -> parts.put(part.name(), part));
    List<Records.Part> columns = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (CsvFields.Field name : names) {
      Records.Part part = parts.get(name.text());
      if (part == null) {
        throw new BadHeaderException(
            "its header names a column '%s', but %s has no such component; there are %s"
                .formatted(name.text(), records.name(), names(records)));
      }
      if (!seen.add(part.name())) {
        throw new BadHeaderException("its header names the column '" + part.name() + "' twice");
      }
      columns.add(part);
    }
    for (Records.Part part : records.parts()) {
      if (!seen.contains(part.name()) && !part.isOptional()) {
        throw new BadHeaderException(
            "its header names no column '%s', which %s must have"
                .formatted(part.name(), records.name()));
      }
    }
    return columns;
  }

  /** The names that are allowed. */
  static String names(Records records) {
    return records.parts().stream().map(Records.Part::name).collect(Collectors.joining(", "));
  }

  /** Makes a record of fields, which are in the order of the columns. */
  Object record(List<CsvFields.Field> fields) throws Exception {
    if (fields.size() != columns.size()) {
      throw new IllegalArgumentException(
          "it has %s, but the header names %d".formatted(count(fields.size()), columns.size()));
    }
    ObjectNode texts = records.empty();
    for (int i = 0; i < fields.size(); i++) {
      CsvFields.Field field = fields.get(i);
      Records.Part column = columns.get(i);
      boolean isAbsent = field.text().isEmpty() && !field.isQuoted() && column.isOptional();
      texts.put(column.name(), isAbsent ? null : field.text());
    }
    return records.read(texts);
  }

  private static String count(int fields) {
    return fields == 1 ? "1 field" : fields + " fields";
  }
}
