package pool.mutation;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes what became of the changes by package, and those that no test noticed, in Markdown. */
final class Table {

  /** What PIT says, from its most frequent word to what should not be. */
  private enum Status {
    KILLED,
    TIMED_OUT,
    SURVIVED,
    NO_COVERAGE,
    MEMORY_ERROR,
    RUN_ERROR,
    NON_VIABLE,
    STARTED,
    NOT_STARTED
  }

  /** How often each status came. */
  private static final class Counts {

    private final Map<Status, Integer> counts = new EnumMap<>(Status.class);

    private void add(Status status) {
      counts.merge(status, 1, Integer::sum);
    }

    private int of(Status status) {
      return counts.getOrDefault(status, 0);
    }

    private int all() {
      return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** A line of the table; what ran out of memory was noticed. */
    private String row(String name) {
      int killed = of(Status.KILLED) + of(Status.MEMORY_ERROR);
      int late = of(Status.TIMED_OUT);
      int survived = of(Status.SURVIVED);
      int unreached = of(Status.NO_COVERAGE);
      return "| %s | %d | %d | %d | %d | %d | %d | %s | %s |"
          .formatted(
              name,
              all(),
              killed,
              late,
              survived,
              unreached,
              all() - killed - late - survived - unreached,
              share(killed, killed + survived),
              share(killed + late, killed + late + survived));
    }

    private static String share(int part, int all) {
      return all == 0 ? "" : Math.round(100.0 * part / all) + " %";
    }
  }

  private Table() {}

  /** With the path of PIT's CSV. */
  public static void main(String[] args) throws Exception {
    Counts all = new Counts();
    Map<String, Counts> packages = new TreeMap<>();
    Map<String, List<String>> survivors = new TreeMap<>();
    for (String row : Files.readAllLines(Path.of(args[0]))) {
      String[] fields = row.split(",", 7); // the last names the test that failed
      String type = fields[1];
      Status status = Status.valueOf(fields[5]);
      all.add(status);
      packages
          .computeIfAbsent(type.substring(0, type.lastIndexOf('.')), _ -> new Counts())
          .add(status);
      if (status == Status.SURVIVED) {
        String mutator = fields[2].substring(fields[2].lastIndexOf('.') + 1);
        survivors
            .computeIfAbsent(type.substring("pool.core.".length()), _ -> new ArrayList<>())
            .add("%s `%s`: %s".formatted(fields[4], fields[3], mutator));
      }
    }
    System.out.println(
        """
        | package | changes | killed | timed out | survived | not reached | errors | killed, time-outs apart | killed or timed out |
        | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\
        """);
    packages.forEach((name, counts) -> System.out.println(counts.row(name)));
    System.out.println(all.row("all"));
    System.out.println("\nSurvivors, by class and line:\n");
    survivors.forEach((type, lines) -> {
      System.out.println("* " + type);
      lines.forEach(line -> System.out.println("  * " + line));
    });
  }
}
