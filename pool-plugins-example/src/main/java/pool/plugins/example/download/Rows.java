package pool.plugins.example.download;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a query found.
 *
 * <p>Values are strings, numbers, booleans, bytes and null; other values of a database, such as
 * dates, are the text that it writes. If two columns have the same name, the second becomes {@code
 * name_2}.
 *
 * @param rows in order, each a map from column to value; empty for a statement without rows, such
 *     as {@code INSERT}
 */
public record Rows(List<Map<String, @Nullable Object>> rows) implements Serializable {}
