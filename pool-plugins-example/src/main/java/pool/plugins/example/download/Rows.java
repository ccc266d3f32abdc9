package pool.plugins.example.download;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a query found.
 *
 * @param rows in order; each from column to value
 */
public record Rows(List<Map<String, @Nullable Object>> rows) {}
