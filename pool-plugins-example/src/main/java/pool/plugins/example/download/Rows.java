package pool.plugins.example.download;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a query found.
 *
 * <p>Values are strings, numbers, booleans, bytes and null; what else a database knows, such as
 * dates, comes as it writes it. Of columns with one name, the second is {@code name_2}.
 *
 * @param rows in order; each from column to value; none from a statement that returns none, such as
 *     {@code INSERT}
 */
public record Rows(List<Map<String, @Nullable Object>> rows) implements Serializable {}
