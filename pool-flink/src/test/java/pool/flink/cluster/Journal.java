package pool.flink.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What the workers of one process have written: {@link NapFactory}.
 *
 * @param opened how many were opened
 * @param closed how many were closed
 * @param from when the first was opened, in milliseconds
 * @param to when the last job of those that were closed had ended
 * @param jobs what ran, again and again if it did
 */
record Journal(int opened, int closed, long from, long to, List<Long> jobs) {

  private static final Journal EMPTY = new Journal(0, 0, Long.MAX_VALUE, 0, List.of());

  /** By process; what is being written meanwhile may be missing. */
  static Map<Long, Journal> read(Path folder) throws IOException {
    Map<Long, Journal> journals = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        long pid = Long.parseLong(name.substring(0, name.indexOf('-')));
        journals.merge(pid, of(Files.readString(file)), Journal::plus);
      }
    }
    return journals;
  }

  /** Of all processes together. */
  static Journal sum(Path folder) throws IOException {
    return read(folder).values().stream().reduce(EMPTY, Journal::plus);
  }

  /** Waits until so many jobs have run, in all processes together. */
  static void awaitRuns(Path folder, int atLeast, Duration atMost, Supplier<String> otherwise)
      throws Exception {
    Eventually.await(atMost, () -> sum(folder).jobs().size() >= atLeast, otherwise);
  }

  /** Waits until each process has closed as many workers as it opened. */
  static void awaitAllClosed(Path folder, Duration atMost, Supplier<String> otherwise)
      throws Exception {
    Eventually.await(
        atMost,
        () -> read(folder).values().stream().allMatch(each -> each.opened == each.closed),
        otherwise);
  }

  private static Journal of(String text) {
    int opened = 0;
    int closed = 0;
    long from = Long.MAX_VALUE;
    long to = 0;
    List<Long> jobs = new ArrayList<>();
    String whole = text.substring(0, text.lastIndexOf('\n') + 1); // the last may be half there
    for (String line : whole.lines().toList()) {
      if (line.startsWith("open ")) {
        opened++;
        from = Math.min(from, Long.parseLong(line.substring(5)));
      } else if (line.startsWith("close ")) {
        closed++;
        to = Math.max(to, Long.parseLong(line.substring(6)));
      } else {
        jobs.add(Long.valueOf(line));
      }
    }
    return new Journal(opened, closed, from, to, jobs);
  }

  private Journal plus(Journal other) {
    List<Long> both = new ArrayList<>(jobs);
    both.addAll(other.jobs);
    return new Journal(
        opened + other.opened,
        closed + other.closed,
        Math.min(from, other.from),
        Math.max(to, other.to),
        both);
  }

  /** From the first opening of a worker to the end of the last job. */
  double seconds() {
    return (to - from) / 1e3;
  }

  /** How many of the runs were not the first of their job. */
  long again() {
    return jobs.size() - jobs.stream().distinct().count();
  }
}
