package pool.api.internal;

import java.util.List;

/** The text of foreign objects, for the log; never throws. */
public final class SafeText {

  private static final int MOST = 200;

  private SafeText() {}

  /**
   * A job, as it says itself, or its class if that fails.
   *
   * @param job the job
   * @return its text, with credentials in URLs hidden
   */
  public static String of(Object job) {
    try {
      return Credentials.hiddenInUrls(String.valueOf(job));
    } catch (Throwable bad) {
      return job.getClass().getName();
    }
  }

  /**
   * The same, of at most 200 characters.
   *
   * @param job the job
   * @return the text, which ends with an ellipsis if it was cut
   */
  public static String cut(Object job) {
    String text = of(job);
    if (text.length() <= MOST) {
      return text;
    }
    int end = MOST - 1; // and a character that says so
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
  }

  /**
   * A failure with its class and its causes; a worker must not die of a bad message.
   *
   * @param e the failure
   * @return the text
   */
  public static String of(Throwable e) {
    try {
      return Reason.withClass(e);
    } catch (Throwable bad) { // memory is short, or was when a class was to be loaded
      return e.getClass().getName();
    }
  }

  /**
   * A stack, a line each, with a line break before each.
   *
   * @param stack the innermost frame first
   * @return the lines
   */
  public static String lines(List<StackTraceElement> stack) {
    StringBuilder text = new StringBuilder();
    stack.forEach(frame -> text.append("%n    at %s".formatted(frame)));
    return text.toString();
  }
}
