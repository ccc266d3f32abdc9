package pool.benchmarks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Writes numbers as people read them. */
final class Figures {

  private Figures() {}

  /** Three digits that count: 0.00123, 12.3, 4,560,000. */
  static String plain(double value) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(3));
    return rounded.abs().compareTo(BigDecimal.valueOf(1_000)) >= 0
        ? String.format(Locale.ROOT, "%,.0f", rounded)
        : rounded.stripTrailingZeros().toPlainString();
  }

  static String ratio(double value) {
    if (value >= 10) {
      return plain(value);
    }
    return String.format(Locale.ROOT, value < 0.1 ? "%.3f" : "%.2f", value);
  }

  static String percent(double value) {
    return String.format(Locale.ROOT, "%.0f %%", value * 100);
  }
}
