package pool.cli;

/**
 * A line that failed.
 *
 * @param line its number, from 1
 * @param text what was read
 * @param kind what failed it: the simple name of what was thrown, or a few words
 * @param reason what was said about it
 */
record Failure(long line, String text, String kind, String reason) {

  /** Of a line that made no job. */
  static Failure notAJob(Line line, String reason) {
    return new Failure(
        line.number(), line.text(), "no job", "line " + line.number() + ": " + reason);
  }

  static Failure of(Line line, Throwable cause) {
    String simple = cause.getClass().getSimpleName();
    String kind = simple.isEmpty() ? cause.getClass().getName() : simple;
    return new Failure(line.number(), line.text(), kind, Printable.reason(cause));
  }

  /** Of a job that succeeded, for nothing. */
  static Failure notWritable(Line line, Throwable cause) {
    String reason = "its result cannot be written: " + Printable.reason(cause);
    return new Failure(line.number(), line.text(), "no result", reason);
  }

  /** The reason after the number of the line, once. */
  String reasonWithLine() {
    String number = "line " + line + ": ";
    return reason.startsWith(number) ? reason : number + reason;
  }
}
