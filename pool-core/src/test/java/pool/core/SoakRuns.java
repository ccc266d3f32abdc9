package pool.core;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Plays rounds of {@link Chaos}, of {@link SoakLoad} and of what another module brings for long,
 * and looks for what grows: {@code benchmarks/soak FILE MINUTES}. The file keeps what was done, so
 * that a run can be stopped and goes on.
 */
final class SoakRuns {

  private static final Duration BETWEEN_SAMPLES = Duration.ofSeconds(15);

  private final Path file;
  private final LongFunction<Map<String, Long>> others;
  private final Properties before = new Properties();
  private final ChaosTally counters = new ChaosTally();
  private final List<Sample> samples = new ArrayList<>();
  private final long began = System.nanoTime();

  private SoakRuns(Path file, LongFunction<Map<String, Long>> others) throws IOException {
    this.file = file;
    this.others = others;
    if (Files.exists(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        before.load(reader);
      }
    }
  }

  /** What there is after a collection, when so many jobs were run. */
  private record Sample(
      double jobs, double heap, double threads, double descriptors, double classes, double files) {

    static Sample take(long jobs) throws IOException {
      System.gc();
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      return new Sample(
          jobs,
          (runtime.totalMemory() - runtime.freeMemory()) / 1e6,
          ManagementFactory.getThreadMXBean().getThreadCount(),
          entries("/proc/self/fd"),
          ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
          entries(System.getProperty("java.io.tmpdir")));
    }

    private static long entries(String folder) throws IOException {
      try (Stream<Path> entries = Files.list(Path.of(folder))) {
        return entries.count();
      }
    }
  }

  /** What may grow, and by how much over a run it may seem to. */
  private enum Figure {
    HEAP("MB of heap", Sample::heap, 8),
    THREADS("threads", Sample::threads, 8),
    DESCRIPTORS("descriptors", Sample::descriptors, 8),
    CLASSES("classes", Sample::classes, 200),
    FILES("temporary files", Sample::files, 8);

    private final String name;
    private final ToDoubleFunction<Sample> value;
    private final double allowed;

    Figure(String name, ToDoubleFunction<Sample> value, double allowed) {
      this.name = name;
      this.value = value;
      this.allowed = allowed;
    }
  }

  /** A line by least squares. */
  private record Line(double start, double growth) {

    static Line through(List<Sample> samples, ToDoubleFunction<Sample> value) {
      double x = samples.stream().mapToDouble(Sample::jobs).average().orElseThrow();
      double y = samples.stream().mapToDouble(value).average().orElseThrow();
      double slope =
          samples.stream().mapToDouble(s -> (s.jobs() - x) * (value.applyAsDouble(s) - y)).sum()
              / samples.stream().mapToDouble(s -> (s.jobs() - x) * (s.jobs() - x)).sum();
      double first = samples.getFirst().jobs();
      double last = samples.getLast().jobs();
      return new Line(y + slope * (first - x), slope * (last - first));
    }
  }

  private void play(Duration time) throws IOException, InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    long seed = ThreadLocalRandom.current().nextLong(1_000_000_000_000L);
    while (System.nanoTime() - end < 0) {
      others.apply(seed++).forEach(counters::add);
      long next = System.nanoTime() + BETWEEN_SAMPLES.toNanos();
      while (System.nanoTime() - next < 0) {
        SoakLoad.play(seed++, counters);
        for (int i = 0; i < 20; i++) {
          Chaos.play(seed++, counters);
        }
      }
      samples.add(Sample.take(counters.jobs()));
      save();
    }
  }

  /** Adds what was done to what had been done before. */
  private void save() throws IOException {
    Properties all = new Properties();
    all.putAll(before);
    counters
        .counts()
        .forEach((name, count) -> all.merge(name, Long.toString(count), SoakRuns::sum));
    all.merge("seconds", Long.toString((System.nanoTime() - began) / 1_000_000_000), SoakRuns::sum);
    Path next = file.resolveSibling(file.getFileName() + ".next");
    try (Writer writer = Files.newBufferedWriter(next)) {
      all.store(writer, null);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Object sum(Object one, Object other) {
    return Long.toString(Long.parseLong((String) one) + Long.parseLong((String) other));
  }

  /** Prints what the file has and what has grown in this run; false when something has. */
  @SuppressWarnings("SystemOut") // it is a program
  private boolean tell() throws IOException {
    Properties all = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      all.load(reader);
    }
    for (String name : new TreeSet<>(all.stringPropertyNames())) {
      System.out.printf("%-32s %,15d%n", name, Long.parseLong(all.getProperty(name)));
    }
    List<Sample> warm = samples.subList(samples.size() / 4, samples.size());
    boolean steady = true;
    for (Figure figure : Figure.values()) {
      if (warm.size() < 4) {
        System.out.println("too short to say what grows");
        break;
      }
      Line line = Line.through(warm, figure.value);
      boolean grows = !(line.growth() <= figure.allowed); // nor is it no number
      steady &= !grows;
      System.out.printf(
          "%.1f %s at first, %+.2f over %,.0f million jobs%s%n",
          line.start(),
          figure.name,
          line.growth(),
          (warm.getLast().jobs() - warm.getFirst().jobs()) / 1e6,
          grows ? ": IT GROWS" : "");
    }
    return steady;
  }

  /** A class of another module's tests, which the compiler does not see: rounds by their seed. */
  @SuppressWarnings("unchecked")
  private static LongFunction<Map<String, Long>> others(String name)
      throws ReflectiveOperationException {
    return (LongFunction<Map<String, Long>>)
        Class.forName(name).getDeclaredConstructor().newInstance();
  }

  /** A file, minutes, and the class of further rounds. */
  @SuppressWarnings("SystemOut") // it is a program
  public static void main(String[] args) throws Exception {
    SoakRuns runs = new SoakRuns(Path.of(args[0]), others(args[2]));
    boolean sound = true;
    try {
      runs.play(Duration.ofMillis((long) (Double.parseDouble(args[1]) * 60_000)));
    } catch (AssertionError e) {
      System.out.println(ChaosStacks.of(e));
      runs.save();
      sound = false;
    }
    sound &= runs.tell();
    System.out.println(sound ? "nothing lost, nothing grows" : "BROKEN, see above");
    System.exit(sound ? 0 : 1);
  }
}
