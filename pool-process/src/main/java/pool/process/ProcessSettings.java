package pool.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How children are started and ended. Only {@link #with} changes it, before others see it. */
final class ProcessSettings {

  @Nullable String heap; // of the JVM, as -Xmx takes it; null for a share of the machine's memory
  long maxMemory; // of the process between jobs, in bytes; 0 for no limit
  long maxRunMemory; // the same while a job runs
  Duration killAfter = Duration.ofSeconds(2); // how long a run may take to stop
  List<String> jvmOptions = List.of(); // after the default options
  Map<String, String> environment = Map.of(); // in addition to the parent's
  @Nullable Path directory; // their working directory; null for the parent's
  List<Path> classPath = List.of(); // all classes that they see; empty for those of the parent
  @Nullable Path javaHome; // of their JVM; null for the parent's

  /** The approximate limit of a child's heap. */
  long heapBytes() {
    Runtime own = Runtime.getRuntime(); // all children together have as large a share of the memory
    return heap == null
        ? own.maxMemory() / own.availableProcessors()
        : ByteSize.parse("heap", heap);
  }

  /** Returns a copy with a change. */
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
