package pool.process.internal;

import java.util.Map;

/** Describes for people how a process ended. */
final class ExitStatus {

  private static final int SIGNALLED = 128;
  private static final Map<Integer, String> SIGNALS =
      Map.of(
          1, "SIGHUP", 2, "SIGINT", 4, "SIGILL", 6, "SIGABRT", 7, "SIGBUS", 8, "SIGFPE", 9,
          "SIGKILL", 11, "SIGSEGV", 13, "SIGPIPE", 15, "SIGTERM");

  private ExitStatus() {}

  static String text(int status) {
    String signal = SIGNALS.get(status - SIGNALLED);
    if (signal != null) {
      return "was ended by " + signal;
    }
    return "ended with status " + status;
  }
}
