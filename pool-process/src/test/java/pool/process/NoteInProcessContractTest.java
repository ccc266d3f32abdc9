package pool.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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

  /** The contract opens a hundred workers for this, as for the files: ten will do. */
  @Test
  @Override
  public void workersThatWereClosedLeaveNoThread() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    for (int i = 0; i < 10; i++) {
      try (var context = WorkerContext.standalone();
          var worker = factory().open(context)) {
        assertEquals(i, worker.run(i));
        worker.finish();
      }
    }
    Set<Thread> after = new HashSet<>(Thread.getAllStackTraces().keySet());
    after.removeAll(before);
    after.removeIf(thread -> thread.getName().equals("process reaper")); // the JDK's, for a minute
    assertEquals(Set.of(), after);
  }
}
