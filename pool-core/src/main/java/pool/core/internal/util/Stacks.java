package pool.core.internal.util;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pool.api.internal.SafeText;

/** Where a thread is, for the log and for messages. */
public final class Stacks {

  private Stacks() {}

  /** Its whole stack, a line each, with a line break before each. */
  public static String lines(Thread thread) {
    return SafeText.lines(List.of(thread.getStackTrace()));
  }

  /** The innermost line that is not the JDK's. */
  public static String place(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .filter(frame -> !isOfJdk(frame.getModuleName()))
        .findFirst()
        .map(StackTraceElement::toString)
        .orElse("its start");
  }

  private static boolean isOfJdk(@Nullable String module) {
    return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
  }

  /** Whether it calls for the exit of the JVM, and so never goes on. */
  public static boolean callsExit(@Nullable Thread thread) {
    return thread != null
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame ->
                frame.getClassName().equals(Runtime.class.getName())
                    && frame.getMethodName().equals("exit"));
  }
}
