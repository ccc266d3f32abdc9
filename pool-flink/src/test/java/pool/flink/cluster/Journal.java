package pool.flink.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What the workers of one process have written: {@link NapFactory}. */
record Journal(int opened, int closed, List<Long> jobs) {

  private static final Journal EMPTY = new Journal(0, 0, List.of());

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

  /** From the first opening of a worker to the last closing, in seconds. */
  static double span(Path folder) throws IOException {
    FileTime first = FileTime.fromMillis(Long.MAX_VALUE);
    FileTime last = FileTime.fromMillis(0);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        BasicFileAttributes times = Files.readAttributes(file, BasicFileAttributes.class);
        first = Collections.min(List.of(first, times.creationTime()));
        last = Collections.max(List.of(last, times.lastModifiedTime()));
      }
    }
    return (last.toMillis() - first.toMillis()) / 1e3;
  }

  /** Of all processes together. */
  static Journal sum(Path folder) throws IOException {
    return read(folder).values().stream().reduce(EMPTY, Journal::plus);
  }

  private static Journal of(String text) {
    int opened = 0;
    int closed = 0;
    List<Long> jobs = new ArrayList<>();
    String whole = text.substring(0, text.lastIndexOf('\n') + 1); // the last may be half there
    for (String line : whole.lines().toList()) {
      switch (line) {
        case "open" -> opened++;
        case "close" -> closed++;
        default -> jobs.add(Long.valueOf(line));
      }
    }
    return new Journal(opened, closed, jobs);
  }

  private Journal plus(Journal other) {
    List<Long> both = new ArrayList<>(jobs);
    both.addAll(other.jobs);
    return new Journal(opened + other.opened, closed + other.closed, both);
  }

  /** How many of the runs were not the first of their job. */
  long again() {
    return jobs.size() - jobs.stream().distinct().count();
  }
}
