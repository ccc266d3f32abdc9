package pool.core.internal.discovery;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import pool.api.internal.EditDistance;

/** Orders names by how little they differ from the one that was asked for. */
public final class Nearest {

  /** More of a name does not tell more, and the time to compare grows with both lengths. */
  private static final int COMPARED = 200;

  private Nearest() {}

  public static List<String> first(String asked, Collection<String> names) {
    return names.stream()
        .distinct()
        .sorted(
            Comparator.comparingInt((String name) -> EditDistance.between(head(asked), head(name)))
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }

  private static String head(String name) {
    return name.length() <= COMPARED ? name : name.substring(0, COMPARED);
  }
}
