package pool.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Failures by cause. Two failures have the same cause if they are of one kind and have the same
 * message, apart from the job's own text and from long numbers. The size is bounded: each cause
 * keeps a few examples, and after very many causes all others count as one more.
 */
final class Failures {

  static final int MOST_CAUSES = 50;
  static final int MOST_EXAMPLES = 5;

  private static final int LONGEST = 160; // of what is compared and kept
  private static final int SHORTEST_NUMBER = 4; // to be ignored: 404 and 503 are two causes
  private static final int SHORTEST_TEXT = 4; // of a job, to be more than a part of a word
  private static final String OTHER = "other causes";

  /** One cause. */
  static final class Group {

    final String cause;
    final List<Failure> examples = new ArrayList<>();
    long count;

    private Group(String cause) {
      this.cause = cause;
    }
  }

  private final Map<String, Group> groups = new LinkedHashMap<>();

  void add(Failure failure) {
    String common = common(failure);
    String cause = common.contains(failure.kind()) ? common : failure.kind() + ": " + common;
    Group group = groups.get(cause);
    if (group == null) {
      String name = groups.size() < MOST_CAUSES ? cause : OTHER;
      group = groups.computeIfAbsent(name, Group::new);
    }
    group.count++;
    if (group.examples.size() < MOST_EXAMPLES) {
      group.examples.add(
          new Failure(
              failure.line(),
              Printable.line(failure.text(), LONGEST),
              failure.kind(),
              Printable.line(failure.reason(), LONGEST)));
    }
  }

  /** The causes, the most frequent first. */
  List<Group> groups() {
    return groups.values().stream()
        .sorted(Comparator.comparingLong((Group group) -> group.count).reversed())
        .toList();
  }

  /** The part of a reason that other jobs share. */
  private static String common(Failure failure) {
    String number = "line " + failure.line() + ": ";
    String reason = failure.reason();
    String text = reason.startsWith(number) ? reason.substring(number.length()) : reason;
    String shared = text.replace("'" + failure.text() + "'", "'…'");
    if (failure.text().length() >= SHORTEST_TEXT) {
      shared = shared.replace(failure.text(), "…");
    }
    return withoutNumbers(Printable.line(shared, LONGEST));
  }

  private static String withoutNumbers(String text) {
    StringBuilder common = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      int end = i;
      while (end < text.length() && Character.isDigit(text.charAt(end))) {
        end++;
      }
      if (end - i >= SHORTEST_NUMBER) {
        common.append('…');
      } else {
        common.append(text, i, Math.max(end, i + 1));
      }
      i = Math.max(end, i + 1);
    }
    return common.toString();
  }
}
