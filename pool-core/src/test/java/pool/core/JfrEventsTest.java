package pool.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.api.BatchWorker;
import pool.api.RetryLaterException;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;
import pool.core.Recorder.Task;

/** What the JVM's flight recorder shows of a pool. */
@Timeout(60)
@SuppressWarnings("try")
class JfrEventsTest {

  @TempDir Path folder;

  private final Recorder recorder = new Recorder();

  @AfterEach
  void nothingIsLeft() throws Exception {
    recorder.assertAllIsOver();
  }

  private List<RecordedEvent> recorded(Recording recording) throws Exception {
    Path file = folder.resolve("recording.jfr");
    recording.stop();
    recording.dump(file);
    List<RecordedEvent> events = new ArrayList<>(RecordingFile.readAllEvents(file));
    events.removeIf(event -> !event.getEventType().getName().startsWith("pool."));
    events.sort(Comparator.comparing(RecordedEvent::getStartTime)); // each thread has its own part
    return events;
  }

  private static List<RecordedEvent> of(List<RecordedEvent> events, String name) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals("pool." + name))
        .toList();
  }

  @Test
  void aRecordingTellsOfWorkersAndOfLongJobs() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable("pool.*");
      recording.start();
      CountDownLatch never = new CountDownLatch(1);
      try (var pool = WorkerPool.of(recorder).name("flown").workers(1).open()) {
        recorder.track(
            pool.submit(_ -> {
              throw new WorkerBrokenException("gone");
            }));
        var slow = recorder.track(pool.submit(_ -> never.await(30, MILLISECONDS)));
        recorder.track(pool.submit(Task.of(1))).get(20, SECONDS);
        assertEquals(false, slow.get(20, SECONDS));
      }
      List<RecordedEvent> events = recorded(recording);
      assertEquals(2, of(events, "WorkerOpen").size());
      assertEquals(2, of(events, "WorkerClose").size());
      assertEquals(1, of(events, "WorkerFinish").size());
      assertTrue(of(events, "WorkerBreak").getFirst().getString("cause").endsWith("gone"));
      assertEquals(
          List.of("OPEN", "DEGRADED", "OPEN", "CLOSING", "CLOSED"),
          of(events, "State").stream().map(event -> event.getString("state")).toList());
      List<RecordedEvent> runs = of(events, "JobRun");
      Duration threshold = Duration.ofMillis(10); // over which a busy machine may lift a short one
      assertTrue(
          runs.stream().allMatch(run -> run.getDuration().compareTo(threshold) >= 0),
          () -> "short ones are left out: " + runs);
      RecordedEvent run =
          runs.stream().filter(one -> one.getString("failure").isEmpty()).findFirst().orElseThrow();
      assertEquals("flown", run.getString("pool"));
      assertEquals("flown-0", run.getString("worker"));
      assertTrue(run.getDuration().compareTo(Duration.ofMillis(25)) > 0, run::toString);
      assertTrue(run.getDuration("waited").toNanos() > 0, run::toString);
      assertEquals("", run.getString("failure"));
    }
  }

  @Test
  void aJobThatIsPutOffIsRecordedWithItsDelayAndCause() throws Exception {
    try (Recording recording =
        new Recording(Configuration.create(Path.of("..", "docs", "pool.jfc")))) {
      recording.start();
      AtomicInteger runs = new AtomicInteger();
      try (var pool = WorkerPool.of(recorder).name("flown").workers(1).open()) {
        recorder
            .track(
                pool.submit(_ -> {
                  if (runs.getAndIncrement() == 0) {
                    throw new RetryLaterException(Duration.ofMillis(1), new IOException("busy"));
                  }
                  return "done";
                }))
            .get(20, SECONDS);
      }
      RecordedEvent putOff = of(recorded(recording), "JobPutOff").getFirst();
      assertEquals("flown-0", putOff.getString("worker"));
      assertTrue(putOff.getString("cause").contains("busy"), putOff::toString);
      assertTrue(putOff.getDuration("delay").compareTo(Duration.ofMillis(1)) >= 0);
    }
  }

  @Test
  void eachReplacementIsRecordedWithItsReason() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (Recording recording =
        new Recording(Configuration.create(Path.of("..", "docs", "pool.jfc")))) {
      recording.start();
      var pool =
          WorkerPool.of(recorder)
              .name("flown")
              .workers(1)
              .maxJobsPerWorker(2)
              .jobTimeout(Duration.ofMillis(500))
              .cancelGrace(Duration.ofMillis(10))
              .open();
      try {
        recorder.track(pool.submit(Task.of(1))).get(20, SECONDS);
        recorder.track(pool.submit(Task.of(2))).get(20, SECONDS); // it has done as many as it may
        var broken =
            recorder.track(
                pool.submit(_ -> {
                  throw new WorkerBrokenException("gone");
                }));
        assertThrows(ExecutionException.class, () -> broken.get(20, SECONDS));
        var hanging =
            recorder.track(
                pool.submit(_ -> {
                  PoolBrokenTest.awaitUninterruptibly(release);
                  return 3;
                }));
        assertThrows(ExecutionException.class, () -> hanging.get(20, SECONDS));
        assertEquals(4, recorder.track(pool.submit(Task.of(4))).get(20, SECONDS));
      } finally {
        release.countDown();
        pool.shutdown(Duration.ofSeconds(20));
      }
      List<RecordedEvent> replaced = of(recorded(recording), "WorkerReplace");
      assertEquals(
          List.of("SPENT", "BROKEN", "ABANDONED"),
          replaced.stream().map(event -> event.getString("reason")).toList());
      assertEquals(
          List.of(2, 3, 4), replaced.stream().map(event -> event.getInt("number")).toList());
      RecordedEvent last = replaced.getLast();
      assertEquals("flown", last.getString("pool"));
      assertEquals("flown-0", last.getString("worker"));
      assertEquals(0, last.getInt("slot"));
    }
  }

  @Test
  void aWorkerThatDoesNotAnswerAPingIsRecordedAsReplacedForThat() throws Exception {
    CountDownLatch replaced = new CountDownLatch(2);
    recorder.onOpen = _ -> replaced.countDown();
    recorder.onPing =
        _ -> {
          if (recorder.opening.get() == 1) {
            throw new WorkerBrokenException("no answer");
          }
        };
    try (Recording recording = new Recording()) {
      recording.enable("pool.WorkerReplace");
      recording.start();
      try (var _ = WorkerPool.of(recorder).workers(1).pingInterval(Duration.ofMillis(10)).open()) {
        assertTrue(replaced.await(20, SECONDS));
      }
      assertEquals(
          "NO_PING", of(recorded(recording), "WorkerReplace").getFirst().getString("reason"));
    }
  }

  /** A job that takes its time to say what it is. */
  private record Slow(CountDownLatch never) implements Task {
    @Override
    public Object run(Recorder.Recorded worker) {
      return 1;
    }

    @Override
    public String toString() {
      try {
        return "" + never.await(1_500, MILLISECONDS);
      } catch (InterruptedException e) {
        return "interrupted";
      }
    }
  }

  @Test
  void whatAJobSaysOfItselfIsNoPartOfItsRun() throws Exception {
    try (Recording recording = new Recording()) {
      recording.enable("pool.JobRun").withoutThreshold().with("throttle", "off");
      recording.start();
      try (var pool =
          WorkerPool.of(recorder).workers(1).jobTimeout(Duration.ofMillis(500)).open()) {
        var slow = recorder.track(pool.submit(new Slow(new CountDownLatch(1))));
        assertEquals(1, slow.get(20, SECONDS));
      }
      assertEquals("false", of(recorded(recording), "JobRun").getFirst().getString("job"));
    }
  }

  @Test
  void withTheSettingsThatLeaveNothingOutEachJobIsRecordedWithItsFailure() throws Exception {
    try (Recording recording =
        new Recording(Configuration.create(Path.of("..", "docs", "pool.jfc")))) {
      recording.start();
      try (var pool = WorkerPool.of(recorder).workers(2).open()) {
        for (int i = 0; i < 50; i++) {
          recorder.track(pool.submit(Task.of(i)));
        }
        var failing =
            recorder.track(
                pool.submit(_ -> {
                  throw new IllegalArgumentException("no");
                }));
        assertThrows(ExecutionException.class, failing::get);
      }
      List<RecordedEvent> runs = of(recorded(recording), "JobRun");
      assertEquals(51, runs.size());
      assertEquals(
          1, runs.stream().filter(run -> run.getString("failure").endsWith(": no")).count());
    }
  }

  @Test
  void aBatchIsRecordedAsOneRunWithTheNumberOfItsJobs() throws Exception {
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    BatchWorker<String, String> worker =
        (jobs, results) -> {
          if (jobs.contains("first")) {
            first.countDown();
            release.await();
          } else if (jobs.contains("job3")) {
            throw new IllegalArgumentException("no");
          }
          for (int i = 0; i < jobs.size(); i++) {
            results.succeeded(i, jobs.get(i));
          }
        };
    WorkerFactory<String, String> factory =
        WorkerFactory.of("batches", String.class, String.class, _ -> worker);
    try (Recording recording =
        new Recording(Configuration.create(Path.of("..", "docs", "pool.jfc")))) {
      recording.start();
      try (var pool = WorkerPool.of(factory).workers(1).maxBatch(3).open()) {
        var _ = pool.submit("first");
        assertTrue(first.await(20, SECONDS));
        for (int i = 0; i < 5; i++) {
          var _ = pool.submit("job" + i);
        }
        release.countDown();
      }
      List<RecordedEvent> runs = of(recorded(recording), "JobRun");
      assertEquals(
          List.of("first", "[job0, job1, job2]", "[job3, job4]"),
          runs.stream().map(run -> run.getString("job")).toList());
      assertEquals(List.of(1, 3, 2), runs.stream().map(run -> run.getInt("jobs")).toList());
      assertEquals("", runs.get(1).getString("failure"));
      assertTrue(runs.get(2).getString("failure").endsWith(": no"));
    }
  }
}
