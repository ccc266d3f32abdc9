package pool.testkit;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The threads of the JVM: platform threads, and virtual threads where the JVM can dump them. */
final class LiveThreads implements Leftovers {

  /** The threads that carry virtual ones; they come and go by themselves. */
  private static final Set<String> CARRIERS =
      Set.of("CarrierThreads", "InnocuousForkJoinWorkerThreadGroup");

  /** A thread of the JDK that stays for a minute after a process has ended. */
  private static final String REAPER = "process reaper";

  private static final Pattern VIRTUAL = Pattern.compile("#\\d+ \".*\" virtual\\b");

  @Override
  public String what() {
    return "threads";
  }

  @Override
  public String wayOut() {
    return "let close end what open and run start, or give it to WorkerContext.own";
  }

  @Override
  public Set<String> now() throws IOException {
    Set<String> threads = virtual();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      ThreadGroup group = thread.getThreadGroup(); // null when it has just ended
      if (group != null
          && !CARRIERS.contains(group.getName())
          && !thread.getName().startsWith(REAPER)) {
        threads.add("#%d \"%s\"".formatted(thread.threadId(), thread.getName()));
      }
    }
    return threads;
  }

  private static Set<String> virtual() throws IOException {
    Set<String> threads = new HashSet<>();
    HotSpotDiagnosticMXBean hotSpot =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    if (hotSpot == null) {
      return threads;
    }
    Path folder = Files.createTempDirectory("threads");
    Path dump = folder.resolve("dump");
    try {
      hotSpot.dumpThreads(dump.toString(), ThreadDumpFormat.TEXT_PLAIN);
      try (Stream<String> lines = Files.lines(dump)) {
        lines
            .map(VIRTUAL::matcher)
            .filter(Matcher::lookingAt)
            .map(Matcher::group)
            .forEach(threads::add);
      }
    } finally {
      Files.deleteIfExists(dump);
      Files.delete(folder);
    }
    return threads;
  }
}
