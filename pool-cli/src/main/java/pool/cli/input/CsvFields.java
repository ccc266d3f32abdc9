package pool.cli.input;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Splits a record of CSV into its fields. */
final class CsvFields extends AbstractBaseCsvCallbackHandler<List<CsvFields.Field>> {

  /**
   * A field.
   *
   * @param text the text without quotes
   * @param isQuoted whether it had quotes
   */
  record Field(String text, boolean isQuoted) {}

  private static final CsvReader.CsvReaderBuilder READER =
      CsvReader.builder().maxBufferSize(Integer.MAX_VALUE);

  /** Noise in messages, since each record is parsed as a text of its own. */
  private static final Pattern NOISE = Pattern.compile(" \\(record starting at line 1\\)");

  private final List<Field> fields = new ArrayList<>();

  private CsvFields() {}

  /**
   * Returns the fields of a record.
   *
   * @throws IllegalArgumentException when it is not a record
   */
  static List<Field> of(String record) {
    try {
      return READER.ofSingleCsvRecord(new CsvFields(), record);
    } catch (CsvParseException e) {
      throw new IllegalArgumentException(
          "it is no CSV: " + NOISE.matcher(String.valueOf(e.getMessage())).replaceAll(""));
    }
  }

  @Override
  protected void handleField(int index, char[] buffer, int from, int length, boolean isQuoted) {
    fields.add(new Field(new String(buffer, from, length), isQuoted));
  }

  @Override
  protected List<Field> buildRecord() {
    return fields;
  }
}
