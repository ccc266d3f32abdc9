package pool.core;

import pool.api.internal.Credentials;
import pool.api.internal.Reason;

/** The text of foreign objects, for the log; never throws. */
final class SafeText {

  private static final int MOST = 200;

  private SafeText() {}

  /** A job, as it says itself, or its class if that fails. */
  static String of(Object job) {
    try {
      return Credentials.hiddenInUrls(String.valueOf(job));
    } catch (Throwable bad) {
      return job.getClass().getName();
    }
  }

  /** The same, of at most 200 characters. */
  static String cut(Object job) {
    String text = of(job);
    if (text.length() <= MOST) {
      return text;
    }
    int end = MOST - 1; // and a character that says so
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
  }

  /** With its class and its causes; a worker must not die of a bad message. */
  static String of(Throwable e) {
    return Reason.withClass(e);
  }
}
