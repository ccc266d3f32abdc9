package pool.benchmarks;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** A table of numbers, by row and column; where there is none, it is not measured. */
final class Grid {

  private final Map<String, Map<String, Double>> rows = new LinkedHashMap<>();
  private final Set<String> columns = new LinkedHashSet<>();

  static Grid of(
      Collection<Measurement> measurements,
      Function<Measurement, String> row,
      Function<Measurement, String> column,
      ToDoubleFunction<Measurement> value) {
    Grid grid = new Grid();
    for (Measurement each : measurements) {
      grid.put(row.apply(each), column.apply(each), value.applyAsDouble(each));
    }
    return grid;
  }

  void put(String row, String column, double value) {
    rows.computeIfAbsent(row, _ -> new LinkedHashMap<>()).put(column, value);
    columns.add(column);
  }

  Map<String, Map<String, Double>> rows() {
    return rows;
  }

  /** One row divided by each of the peers': below 1 it is faster. */
  Grid ratiosOf(String ours) {
    Map<String, Double> dividends = rows.getOrDefault(ours, Map.of());
    Grid ratios = new Grid();
    rows.forEach((peer, values) -> {
      if (!peer.startsWith("pool-")) {
        values.forEach((column, value) ->
            ratios.put(peer, column, dividends.getOrDefault(column, Double.NaN) / value));
      }
    });
    return ratios;
  }

  String markdown(String corner, DoubleFunction<String> format) {
    StringBuilder text = new StringBuilder("| " + corner + " |");
    columns.forEach(column -> text.append(' ').append(column).append(" |"));
    text.append("\n| --- |").repeat(" ---: |", columns.size()).append('\n');
    rows.forEach((row, values) -> {
      text.append("| ").append(row).append(" |");
      for (String column : columns) {
        double value = values.getOrDefault(column, Double.NaN);
        text.append(' ').append(Double.isNaN(value) ? "" : format.apply(value)).append(" |");
      }
      text.append('\n');
    });
    return text.append('\n').toString();
  }
}
