package pool.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Formats times and other numbers for people. */
final class Times {

  private static final long SECOND = 1_000_000_000;

  private Times() {}

  /** A time with two or three digits and a unit. */
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
    return nanos < 99_500_000_000L ? digits(nanos / 1e9) + " s" : inSeconds(rounded(nanos));
  }

  /** The time of a whole run, with the same words in the summary and in the report. */
  static String ofRun(long nanos) {
    if (nanos < 1_000_000) {
      return "under 0.001 s";
    }
    if (nanos < SECOND) {
      return new BigDecimal(nanos / 1e9).round(new MathContext(2)).toPlainString() + " s";
    }
    return nanos < 99_950_000_000L
        ? String.format(Locale.ROOT, "%.1f s", nanos / 1e9)
        : inSeconds(rounded(nanos));
  }

  /** A time that goes on, in whole seconds. */
  static String soFar(long nanos) {
    return inSeconds(nanos / SECOND);
  }

  /** An estimate, coarse, and rather too long than too short. */
  static String about(long nanos) {
    long seconds = Math.ceilDiv(nanos, SECOND);
    if (seconds <= 90) {
      return (seconds < 10 ? seconds : 5 * Math.ceilDiv(seconds, 5)) + " s";
    }
    if (seconds <= 90 * 60) {
      return Math.ceilDiv(seconds, 60) + " min";
    }
    long hours = Math.ceilDiv(seconds, 3_600);
    return hours <= 36 ? hours + " h" : Math.ceilDiv(hours, 24) + " d";
  }

  private static long rounded(long nanos) {
    return Math.round(nanos / 1e9);
  }

  private static String inSeconds(long seconds) {
    if (seconds < 100) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return two(seconds / 60, " min", seconds % 60, " s");
    }
    if (seconds < 86_400) {
      return two(seconds / 3_600, " h", seconds % 3_600 / 60, " min");
    }
    return two(seconds / 86_400, " d", seconds % 86_400 / 3_600, " h");
  }

  private static String two(long large, String unit, long small, String smallUnit) {
    return large + unit + (small == 0 ? "" : " " + small + smallUnit);
  }

  private static String digits(double value) {
    return String.format(Locale.ROOT, value < 9.95 ? "%.1f" : "%.0f", value);
  }

  /** A rate, per the unit of time in which there is at least one job. */
  static String rate(long jobs, long nanos) {
    double perSecond = jobs * 1e9 / Math.max(1, nanos);
    if (jobs == 0 || perSecond >= 1) {
      return inUnit(perSecond, "s");
    }
    if (perSecond * 60 >= 1) {
      return inUnit(perSecond * 60, "min");
    }
    return perSecond * 3_600 >= 1
        ? inUnit(perSecond * 3_600, "h")
        : inUnit(perSecond * 86_400, "d");
  }

  private static String inUnit(double jobs, String unit) {
    boolean isWhole = jobs == 0 || jobs >= 9.95;
    String number = isWhole ? number(Math.round(jobs)) : digits(jobs);
    return number + " jobs/" + unit;
  }

  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** A number of things. */
  static String count(long number, String one, String many) {
    return number(number) + " " + (number == 1 ? one : many);
  }

  /** A percentage that distinguishes nothing and all from nearly nothing and nearly all. */
  static String percent(double part) {
    if (part > 0 && part < 0.0005) {
      return "under 0.1 %";
    }
    if (part < 1 && part >= 0.9995) {
      return "over 99.9 %";
    }
    boolean isFine = (part > 0 && part < 0.0995) || (part >= 0.995 && part < 1);
    return String.format(Locale.ROOT, isFine ? "%.1f %%" : "%.0f %%", part * 100);
  }
}
