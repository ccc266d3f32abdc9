package pool.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Rounds until so many runs were killed; a file has a line for each round that is over. */
final class CrashRuns {

  private static final int KILLS_OF_A_ROUND = 50;

  private CrashRuns() {}

  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws Exception {
    Path file = Path.of(args[0]);
    int wanted = Integer.parseInt(args[1]);
    int kills = 0;
    long again = 0;
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        String[] numbers = line.split(" ", -1);
        kills += Integer.parseInt(numbers[0]);
        again += Long.parseLong(numbers[1]);
      }
    }
    while (kills < wanted) {
      Path folder = Files.createTempDirectory("crashes");
      long seed = System.nanoTime();
      CrashRound.Result result;
      try {
        result = new CrashRound(folder, new Random(seed)).play(KILLS_OF_A_ROUND);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", see " + folder, e);
      }
      delete(folder);
      kills += result.kills();
      again += result.again();
      String line = result.kills() + " " + result.again();
      Files.write(file, List.of(line), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      System.out.printf("%d killed, %d jobs run again, none lost, none twice%n", kills, again);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
