package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.core.Recorder.Recorded;
import pool.core.Recorder.Task;

/** What a thread dump calls a worker's thread. */
@Timeout(60)
@SuppressWarnings("try")
class ThreadNameTest {

  @TempDir Path folder;

  private final Recorder recorder = new Recorder();
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void nothingIsLeft() throws Exception {
    recorder.assertAllIsOver();
  }

  /** A job with a text of its own. */
  private record Waiting(CountDownLatch release, String text) implements Task {
    @Override
    public Object run(Recorded worker) throws Exception {
      return release.await(20, SECONDS);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private static void awaitName(Recorded worker, String name) {
    Await.until(name, () -> worker.thread.getName().equals(name));
  }

  @ParameterizedTest
  @EnumSource
  void theJobIsAddedWhenItHasRunForASecondAndGoesWithIt(ThreadKind threads) throws Exception {
    try (var pool = WorkerPool.of(recorder).workers(1).threads(threads).open()) {
      Recorded worker = recorder.opened.element();
      assertEquals("recorder-0", worker.thread.getName());
      long began = System.nanoTime();
      var slow = recorder.track(pool.submit(new Waiting(release, "no\n" + "x".repeat(200))));
      awaitName(worker, "recorder-0 no?" + "x".repeat(97) + "...");
      assertTrue(System.nanoTime() - began >= 1_000_000_000L);
      release.countDown();
      assertEquals(true, slow.get(20, SECONDS));
      Task next = which -> which.thread.getName();
      assertEquals("recorder-0", recorder.track(pool.submit(next)).get(20, SECONDS));
    }
  }

  @ParameterizedTest
  @EnumSource
  void theDumpThatIsMadeOnDemandNamesWorkerAndJob(ThreadKind threads) throws Exception {
    try (var pool = WorkerPool.of(recorder).workers(1).threads(threads).open()) {
      var slow = recorder.track(pool.submit(new Waiting(release, "stuck")));
      awaitName(recorder.opened.element(), "recorder-0 stuck");
      Path file = folder.resolve("dump");
      command("threadDumpToFile", file.toString()); // as jcmd PID Thread.dump_to_file
      assertTrue(Files.readString(file).contains("\"recorder-0 stuck\""));
      assertEquals(
          threads == ThreadKind.PLATFORM,
          command("threadPrint").contains("\"recorder-0 stuck\""), // as jstack and SIGQUIT
          "virtual threads are not in it");
      release.countDown();
      assertEquals(true, slow.get(20, SECONDS));
    }
  }

  private static String command(String name, String... arguments) throws Exception {
    return (String)
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                name,
                new Object[] {arguments},
                new String[] {String[].class.getName()});
  }

  @ParameterizedTest
  @EnumSource
  void aPlaceOfABatchIsNamedToo(ThreadKind threads) throws Exception {
    try (var pool = WorkerPool.of(recorder).workers(1).threads(threads).open()) {
      Recorded worker = recorder.opened.element();
      Thread bulk =
          Thread.startVirtualThread(
              () -> pool.mapAll(List.of(Task.of(1), new Waiting(release, "second"))));
      awaitName(worker, "recorder-0 second");
      release.countDown();
      bulk.join();
      awaitName(worker, "recorder-0");
    }
  }
}
