package pool.process;

import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Properties;
import pool.core.ThreadKind;

/** Plays pool after pool until so many processes were killed; goes on where it was stopped. */
public final class KillsRuns {

  private static final int OF_A_ROUND = 100;
  private static final int MOST_DESCRIPTORS = 10; // more than after the first round

  private KillsRuns() {}

  /** A file that keeps the counts, and how many kills it is to be. */
  public static void main(String[] arguments) throws Exception {
    Path file = Path.of(arguments[0]);
    long goal = Long.parseLong(arguments[1]);
    Kills.Tally all = Files.exists(file) ? read(file) : new Kills.Tally(0, 0, 0, 0);
    long descriptors = 0;
    while (all.kills() < goal) {
      ThreadKind threads = ThreadKind.values()[(int) (all.kills() / OF_A_ROUND % 2)];
      all = all.plus(Kills.play(threads, OF_A_ROUND, all.kills()));
      write(all, file);
      long now = Kills.descriptors();
      descriptors = descriptors == 0 ? now : descriptors;
      if (now > descriptors + MOST_DESCRIPTORS) {
        throw new AssertionError(now + " descriptors are open, " + descriptors + " at first");
      }
      System.out.println(all);
    }
    System.out.println(all + ": nothing lost, nothing left");
  }

  private static Kills.Tally read(Path file) throws Exception {
    Properties counts = new Properties();
    try (Reader in = Files.newBufferedReader(file)) {
      counts.load(in);
    }
    return new Kills.Tally(
        number(counts, "kills"),
        number(counts, "jobs"),
        number(counts, "failed"),
        number(counts, "processes"));
  }

  private static long number(Properties counts, String name) {
    return Long.parseLong(counts.getProperty(name, "0"));
  }

  /** Whole or not at all, since this may be stopped at any moment. */
  private static void write(Kills.Tally all, Path file) throws Exception {
    Properties counts = new Properties();
    counts.setProperty("kills", Long.toString(all.kills()));
    counts.setProperty("jobs", Long.toString(all.jobs()));
    counts.setProperty("failed", Long.toString(all.failed()));
    counts.setProperty("processes", Long.toString(all.processes()));
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (Writer out = Files.newBufferedWriter(next)) {
      counts.store(out, null);
    }
    Path _ =
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
