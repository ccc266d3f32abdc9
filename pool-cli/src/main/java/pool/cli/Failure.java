package pool.cli;

import pool.codec.RemoteFailure;

/**
 * A line that failed.
 *
 * @param line its number, from 1
 * @param text what was read
 * @param kind the simple name of the exception's class, or a few words
 * @param reason the exception's message, or the reason in other words
 */
record Failure(long line, String text, String kind, String reason) {

  /** The failure of a line that made no job. */
  static Failure notAJob(Line line, String reason) {
    return new Failure(
        line.number(), line.text(), "no job", "line " + line.number() + ": " + reason);
  }

  static Failure of(Line line, Throwable cause) {
    return new Failure(line.number(), line.text(), kind(cause), Printable.reason(cause));
  }

  private static String kind(Throwable cause) {
    return cause instanceof RemoteFailure remote
        ? kind(remote.className(), simpleName(remote.className()))
        : kind(cause.getClass().getName(), cause.getClass().getSimpleName());
  }

  private static String kind(String name, String simpleName) {
    return simpleName.isEmpty() ? name : simpleName;
  }

  /** As the class itself would have it; empty for an anonymous one. */
  private static String simpleName(String binaryName) {
    int end = Math.max(binaryName.lastIndexOf('.'), binaryName.lastIndexOf('$')) + 1;
    return binaryName.substring(end).replaceFirst("^\\d+", "");
  }

  /** The failure of a job that succeeded in vain. */
  static Failure notWritable(Line line, Throwable cause) {
    String reason = "its result cannot be written: " + Printable.reason(cause);
    return new Failure(line.number(), line.text(), "no result", reason);
  }

  /** The reason after the number of the line, which appears only once. */
  String reasonWithLine() {
    String number = "line " + line + ": ";
    return reason.startsWith(number) ? reason : number + reason;
  }
}
