package pool.cli;

import java.util.Locale;

/** Lengths of time and other numbers, as people read them. */
final class Times {

  private Times() {}

  /** Two or three digits and a unit. */
  static String of(long nanos) {
    if (nanos == 0) {
      return "0 s";
    }
    if (nanos < 1_000) {
      return nanos + " ns";
    }
    if (nanos < 999_500) {
      return digits(nanos / 1e3) + " µs";
    }
    if (nanos < 999_500_000) {
      return digits(nanos / 1e6) + " ms";
    }
    return seconds(nanos / 1e9);
  }

  private static String seconds(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 100) {
      return digits(seconds) + " s";
    }
    if (whole < 3_600) {
      return whole / 60 + " min " + whole % 60 + " s";
    }
    return whole / 3_600 + " h " + whole % 3_600 / 60 + " min";
  }

  private static String digits(double value) {
    return String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%.0f", value);
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  static String percent(double part) {
    return String.format(Locale.ROOT, part > 0 && part < 0.1 ? "%.1f %%" : "%.0f %%", part * 100);
  }
}
