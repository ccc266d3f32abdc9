package pool.core.internal.discovery;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Orders names by how little they differ from the one that was asked for. */
public final class Nearest {

  /** More of a name does not tell more, and the time to compare grows with both lengths. */
  private static final int COMPARED = 200;

  private Nearest() {}

  public static List<String> first(String asked, Collection<String> names) {
    return names.stream()
        .distinct()
        .sorted(
            Comparator.comparingInt((String name) -> distance(head(asked), head(name)))
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  private static String head(String name) {
    return name.length() <= COMPARED ? name : name.substring(0, COMPARED);
  }

  /** Levenshtein's edit distance, by the rows of Wagner and Fischer (1974). */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
