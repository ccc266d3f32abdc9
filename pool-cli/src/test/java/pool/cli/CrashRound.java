package pool.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import pool.cli.outcome.KnownLines;
import pool.cli.outcome.Outcome;
import pool.cli.outcome.OutcomeReader;

/**
 * One input, whose run is killed at random moments and resumed until all is done. The plugin notes
 * in a file that it begins a job, before it does anything else.
 */
final class CrashRound {

  private static final int LINES = 20_000;
  private static final int WORKERS = 4;
  private static final int KILLED = 128 + 9;

  private static final String FACTORY =
      """
      package hostile;
      import java.io.FileOutputStream;
      import pool.api.Worker;
      import pool.api.WorkerContext;
      public class Factory implements pool.api.WorkerFactory<String, String> {
        public String name() { return "noted"; }
        public Class<String> jobType() { return String.class; }
        public Class<String> resultType() { return String.class; }
        public Worker<String, String> open(WorkerContext context) throws Exception {
          var runs = context.own(new FileOutputStream("runs", true));
          return job -> {
            runs.write((job + "\\n").getBytes());
            if (job.endsWith("7")) {
              Thread.sleep(1);
            }
            return "done " + job;
          };
        }
      }
      """;

  /**
   * What came of it.
   *
   * @param kills how many processes were killed
   * @param again how many jobs were run more than once, each time counted
   */
  record Result(int kills, long again) {}

  private final Path folder;
  private final Random random;

  /** In a folder of its own, which is empty. */
  CrashRound(Path folder, Random random) {
    this.folder = folder;
    this.random = random;
  }

  /** Returns when each line has succeeded; throws when a promise was broken. */
  Result play(int mostKills) throws Exception {
    SourcePlugin.pack(Files.createDirectory(folder.resolve("plugins")), FACTORY);
    List<String> input = LongStream.rangeClosed(1, LINES).mapToObj(Long::toString).toList();
    Files.write(folder.resolve("in"), input);
    Image image = new Image(folder);
    int kills = 0;
    long unrecorded = 0;
    while (kills < mostKills && isKilled(start(image))) {
      kills++;
      long now = count("runs") - count("out");
      require(now - unrecorded <= WORKERS, (now - unrecorded) + " jobs had no outcome when killed");
      unrecorded = now;
    }
    Image.Ended last = image.end(start(image));
    require(last.status() == Main.OK, last.toString());
    KnownLines known = new KnownLines();
    try (InputStream out = Files.newInputStream(folder.resolve("out"))) {
      require(OutcomeReader.read(out, known::add).torn() == 0, "the output is torn");
    }
    require(known.count(Outcome.SUCCEEDED) == LINES, known.missing(LINES, 9) + " are missing");
    require(known.doubles() == 0, known.doubles(9) + " have succeeded twice");
    long again = count("runs") - LINES;
    require(again >= 0, again + " jobs of the outcomes never ran");
    require(again <= (long) WORKERS * kills, again + " jobs ran again after " + kills + " kills");
    return new Result(kills, again);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  private static Process start(Image image) throws IOException {
    return image.start(
        "run",
        "noted",
        "--plugins",
        "plugins",
        "--workers",
        Integer.toString(WORKERS),
        "--input",
        "in",
        "--output",
        "out",
        "--resume");
  }

  /** Kills it after some more outcomes, or after a moment; false when it has ended before. */
  private boolean isKilled(Process run) throws Exception {
    if (random.nextInt(5) == 0) {
      boolean _ = run.waitFor(random.nextInt(500), TimeUnit.MILLISECONDS);
    } else {
      long enough = size() + random.nextInt(100_000);
      while (run.isAlive() && size() < enough) {
        boolean _ = run.waitFor(200, TimeUnit.MICROSECONDS);
      }
    }
    int status = run.destroyForcibly().waitFor();
    require(status == Main.OK || status == KILLED, "the run ended with " + status);
    return status == KILLED;
  }

  /** Whole lines. */
  private long count(String name) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.exists(file)) {
      return 0;
    }
    long lines = 0;
    for (byte each : Files.readAllBytes(file)) {
      lines += each == '\n' ? 1 : 0;
    }
    return lines;
  }

  private long size() throws IOException {
    Path out = folder.resolve("out");
    return Files.exists(out) ? Files.size(out) : 0;
  }
}
