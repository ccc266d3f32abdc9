package pool.core;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What rounds of {@link Chaos} have done so far. */
final class ChaosTally {

  private final long began = System.nanoTime();
  private final LongAdder rounds = new LongAdder();
  private final LongAdder jobs = new LongAdder();
  private final LongAdder opened = new LongAdder();
  private final LongAdder closed = new LongAdder();
  private final LongAdder abandoned = new LongAdder();
  private final Map<String, LongAdder> faults = new ConcurrentSkipListMap<>();
  private final Map<String, Long> others = new ConcurrentSkipListMap<>();

  void roundEnded() {
    rounds.increment();
  }

  void ran(ChaosJob.Kind kind) {
    jobs.increment();
    if (kind.isFault()) {
      fault("run " + kind);
    }
  }

  void opened() {
    opened.increment();
  }

  void closed() {
    closed.increment();
  }

  void abandoned(int workers) {
    abandoned.add(workers);
  }

  void fault(String what) {
    faults.computeIfAbsent(what, _ -> new LongAdder()).increment();
  }

  /** Adds to a count of that name, which is none of the others. */
  void add(String name, long count) {
    others.merge(name, count, Long::sum);
  }

  long jobs() {
    return jobs.sum();
  }

  /** All counts, by name. */
  Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    faults.forEach((fault, count) -> counts.put("fault: " + fault, count.sum()));
    counts.put("faults", counts.values().stream().mapToLong(Long::longValue).sum());
    counts.put("rounds", rounds.sum());
    counts.put("jobs", jobs.sum());
    counts.put("workers opened", opened.sum());
    counts.put("workers closed", closed.sum());
    counts.put("workers abandoned", abandoned.sum());
    counts.putAll(others);
    return counts;
  }

  /** One line. */
  String summary() {
    return "%,d rounds, %,d jobs run, %,d faults put in, %,d workers opened, %,d closed, %,d abandoned, %d s"
        .formatted(
            rounds.sum(),
            jobs.sum(),
            faults.values().stream().mapToLong(LongAdder::sum).sum(),
            opened.sum(),
            closed.sum(),
            abandoned.sum(),
            (System.nanoTime() - began) / 1_000_000_000);
  }

  /** A line for each kind of fault. */
  String faults() {
    return faults.entrySet().stream()
        .map(fault -> "  %-28s %,10d".formatted(fault.getKey(), fault.getValue().sum()))
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
