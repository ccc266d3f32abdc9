package pool.api.internal;

import java.nio.file.FileSystemException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import pool.api.RetryLaterException;

/**
 * What is told of a failure in one text, everywhere: what it says, with its class unless the
 * message makes that plain, and then its causes, as far as they have more to say. Credentials in it
 * are hidden. A failure may be a plugin's, whose methods throw in turn and whose causes go round in
 * circles.
 */
public final class Reason {

  private static final int MOST_CAUSES = 8;
  private static final int LONGEST = 10_000; // of what one of them says

  /** At least two words: {@code /no/such/file}, {@code lib/Lib} and {@code -1} are none. */
  private static final Pattern SENTENCE = Pattern.compile("\\S\\s+\\S");

  private Reason() {}

  /**
   * For the user, whom a message tells more than a class.
   *
   * @param failure what was thrown
   * @return not empty
   */
  public static String of(Throwable failure) {
    return told(failure, false);
  }

  /**
   * For a log: always with the class of what was thrown, and of each cause.
   *
   * @param failure what was thrown
   * @return not empty
   */
  public static String withClass(Throwable failure) {
    return told(failure, true);
  }

  private static String told(Throwable failure, boolean withClass) {
    StringBuilder told = new StringBuilder();
    try {
      Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
      Throwable next = failure;
      while (next != null && seen.size() < MOST_CAUSES && seen.add(next)) {
        Throwable cause = next.getCause();
        boolean isFirst = told.isEmpty();
        String says = withClass ? whole(next) : said(next);
        if (!(isWrapper(next, cause) && !(isFirst && withClass)) && told.indexOf(says) < 0) {
          told.append(isFirst ? "" : "; caused by ").append(says);
        }
        next = cause;
      }
    } catch (Throwable unreadable) {
      // as far as it could be read
    }
    return told.isEmpty() ? failure.getClass().getName() : Credentials.hidden(told.toString());
  }

  /**
   * Whether it has nothing to say but its cause, as {@code new RuntimeException(cause)}; or when to
   * run the job again, which was done as often as it may be.
   */
  private static boolean isWrapper(Throwable e, @Nullable Throwable cause) {
    try {
      return cause != null
          && (e instanceof RetryLaterException
              || String.valueOf(e.getMessage()).equals(cause.toString()));
    } catch (Throwable unreadable) {
      return false;
    }
  }

  private static String said(Throwable e) {
    String message;
    try {
      message = e.getMessage();
    } catch (Throwable unreadable) {
      return e.getClass().getName();
    }
    return message != null && isPlain(e, message) ? cut(message) : whole(e);
  }

  private static boolean isPlain(Throwable e, String message) {
    return switch (e) {
      case FileSystemException of -> of.getReason() != null; // else it is the file's name only
      case LinkageError _, ReflectiveOperationException _, OutOfMemoryError _ -> false;
      default -> SENTENCE.matcher(message).find();
    };
  }

  private static String whole(Throwable e) {
    String name = e.getClass().getName();
    try {
      String text = String.valueOf(e.toString()).strip();
      return text.isEmpty() || text.equals(name + ":") ? name : cut(text);
    } catch (Throwable unreadable) {
      return name;
    }
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
