package pool.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.plugins.example.note.NoteFactory;
import pool.testkit.WorkerFactoryContract;

/** The contract over a worker in a process. */
@SuppressWarnings("try")
class NoteInProcessContractTest implements WorkerFactoryContract<Integer, Integer> {

  @Override
  public WorkerFactory<Integer, Integer> factory() {
    return ProcessFactory.of(NoteFactory.class);
  }

  @Override
  public List<Integer> samples() {
    return List.of(1, 2, 3);
  }

  @Override
  public Duration bound() {
    return Duration.ofSeconds(30);
  }

  /** The contract opens a hundred workers for each of these: ten will do. */
  @Test
  @Override
  public void workersThatWereClosedLeaveNoThread() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    live(10);
    Set<Thread> after = new HashSet<>(Thread.getAllStackTraces().keySet());
    after.removeAll(before);
    after.removeIf(thread -> thread.getName().equals("process reaper")); // the JDK's, for a minute
    assertEquals(Set.of(), after);
  }

  @Test
  @Override
  public void workersThatWereClosedLeaveNoFileDescriptor() throws Exception {
    live(2);
    long before = descriptors();
    live(10);
    assertTrue(descriptors() < before + 10, () -> "a descriptor is left each time");
  }

  private static long descriptors() throws Exception {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  private void live(int times) throws Exception {
    for (int i = 0; i < times; i++) {
      try (var context = WorkerContext.standalone();
          var worker = factory().open(context)) {
        assertEquals(i, worker.run(i));
        worker.finish();
      }
    }
  }
}
