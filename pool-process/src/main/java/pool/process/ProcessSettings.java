package pool.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How children are started and ended. Changed only in {@link #with}, before anybody sees it. */
final class ProcessSettings {

  @Nullable String heap; // of the JVM, as -Xmx takes it; null for a share of the machine's memory
  long maxMemory; // of the process between jobs, in bytes; 0 for any
  long maxRunMemory; // while a job runs
  Duration killAfter = Duration.ofSeconds(2); // how long a run that is to stop may take to do so
  List<String> jvmOptions = List.of(); // after those that children have anyway
  Map<String, String> environment = Map.of(); // besides the parent's
  @Nullable Path directory; // where they work; null for the parent's
  List<Path> classPath = List.of(); // all that they see; empty for what the parent sees
  @Nullable Path javaHome; // of their JVM; null for the parent's

  /** About how large the heap of a child may be. */
  long heapBytes() {
    Runtime own = Runtime.getRuntime(); // which has as large a share of the memory as all children
    return heap == null
        ? own.maxMemory() / own.availableProcessors()
        : ByteSize.parse("heap", heap);
  }

  /** A copy with a change. */
  ProcessSettings with(Consumer<ProcessSettings> change) {
    ProcessSettings copy = new ProcessSettings();
    copy.heap = heap;
    copy.maxMemory = maxMemory;
    copy.maxRunMemory = maxRunMemory;
    copy.killAfter = killAfter;
    copy.jvmOptions = jvmOptions;
    copy.environment = environment;
    copy.directory = directory;
    copy.classPath = classPath;
    copy.javaHome = javaHome;
    change.accept(copy);
    return copy;
  }
}
