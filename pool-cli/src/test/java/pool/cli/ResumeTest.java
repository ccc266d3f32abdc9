package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pool.api.Worker;
import pool.api.WorkerFactory;
import pool.cli.input.Lines;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/** Runs that go on with the output of a run before, in this process. */
@Timeout(120)
class ResumeTest {

  private static final int LINES = 12;

  @TempDir Path folder;

  private final Queue<String> runs = new ConcurrentLinkedQueue<>();
  private @Nullable Duration jobTimeout;
  private boolean syncs;

  private record Ended(int status, List<String> said) {}

  private static String input(int lines) {
    return String.join(
        "", IntStream.rangeClosed(1, lines).mapToObj(i -> "job " + i + "\n").toList());
  }

  private Path output() {
    return folder.resolve("out");
  }

  private Ended run(String input, Earlier earlier, int workers, Worker<Object, Object> worker)
      throws Exception {
    return run(input, earlier, workers, ThreadKind.VIRTUAL, worker);
  }

  private Ended run(
      String input, Earlier earlier, int workers, ThreadKind threads, Worker<Object, Object> worker)
      throws Exception {
    WorkerFactory<Object, Object> factory = factory(worker);
    InputStream in = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    Tally tally = new Tally();
    Room room = new Room(100, 10_000);
    try (Output out = Output.file(output())) {
      earlier.begin(out);
      WorkerPool.Builder<Line, Object> pool =
          WorkerPool.of(new LineFactory(factory)).workers(workers).threads(threads);
      if (jobTimeout != null) {
        pool.jobTimeout(jobTimeout);
      }
      LineRun run =
          new LineRun(
              pool.open(),
              factory,
              new Lines(in, 1_000),
              earlier,
              new Recorder(out, syncs, tally, room),
              room,
              tally,
              true,
              Optional.empty());
      List<String> said = run.toTheEnd();
      return new Ended(run.status(), said);
    }
  }

  private WorkerFactory<Object, Object> factory(Worker<Object, Object> worker) {
    return new AnyFactory() {
      @Override
      Object result(Object job) throws Exception {
        runs.add(String.valueOf(job));
        return worker.run(job);
      }
    };
  }

  private Earlier earlier(boolean retriesFailed) throws IOException {
    try (InputStream in = Files.newInputStream(output())) {
      return Earlier.read(in, retriesFailed);
    }
  }

  private List<String> outcomes() throws IOException {
    return Files.readAllLines(output()).stream()
        .map(Json::object)
        .map(each -> each.get("line") + " " + each.get("outcome"))
        .sorted()
        .toList();
  }

  private static List<String> succeeded(int lines) {
    return IntStream.rangeClosed(1, lines).mapToObj(i -> i + " succeeded").sorted().toList();
  }

  /** As long as results that are quoted may be. */
  private static Object echo(Object job) {
    return job + " \u00e9 \"\n";
  }

  private static Object withoutTheThird(Object job) throws IOException {
    if (job.equals("job 3")) {
      throw new IOException("no");
    }
    return job;
  }

  @Test
  void eachPrefixOfAnOutputIsGoneOnWith() throws Exception {
    assertEquals(Main.OK, run(input(LINES), Earlier.none(), 2, ResumeTest::echo).status());
    byte[] whole = Files.readAllBytes(output());
    for (int length = 0; length <= whole.length; length++) {
      byte[] prefix = Arrays.copyOf(whole, length);
      Files.write(output(), prefix);
      long kept =
          new String(prefix, StandardCharsets.ISO_8859_1).chars().filter(c -> c == '\n').count();
      runs.clear();
      Ended ended = run(input(LINES), earlier(false), 2, ResumeTest::echo);
      assertEquals(Main.OK, ended.status(), ended::toString);
      assertEquals(succeeded(LINES), outcomes(), () -> "after " + prefix.length + " bytes");
      assertEquals(LINES - kept, runs.size(), () -> "after " + prefix.length + " bytes");
    }
  }

  @ParameterizedTest
  @EnumSource(ThreadKind.class)
  void noJobBeginsBeforeTheLastOutcomeOfItsWorkerIsInTheFile(ThreadKind threads) throws Exception {
    int workers = 3;
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Ended ended =
        run(
            input(600),
            Earlier.none(),
            workers,
            threads,
            job -> {
              int now = begun.incrementAndGet();
              int recorded = Files.readAllLines(output()).size();
              most.accumulateAndGet(now - recorded, Math::max);
              return job;
            });
    assertEquals(Main.OK, ended.status(), ended::toString);
    assertTrue(most.get() <= workers, () -> most + " jobs were begun and not recorded");
  }

  /** Then another thread records the outcome, and the worker waits for that. */
  @Test
  void noJobBeginsBeforeTheOutcomeOfOneThatRanTooLongIsInTheFile() throws Exception {
    jobTimeout = Duration.ofMillis(5);
    syncs = true;
    int workers = 16;
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Ended ended =
        run(
            input(600),
            Earlier.none(),
            workers,
            job -> {
              int now = begun.incrementAndGet();
              int recorded = Files.readAllLines(output()).size();
              most.accumulateAndGet(now - recorded, Math::max);
              Thread.sleep(1_000);
              return job;
            });
    assertEquals(Main.FAILED, ended.status());
    assertTrue(most.get() <= workers, () -> most + " jobs were begun and not recorded");
  }

  @Test
  void aWorkerWaitsUntilTheEndOfItsJobWillBeRecorded() throws Exception {
    Line line = Seen.line(1, "x");
    Thread worker =
        Thread.ofPlatform()
            .start(() -> {
              try {
                line.begins("w");
                line.awaitRecord();
              } catch (NoOutputException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    awaitWaiting(worker);
    assertNull(line.run());
    line.watched();
    awaitWaiting(worker);
    while (line.run() == null) {
      Thread.onSpinWait();
    }
    awaitWaiting(worker);
    line.recorded();
    worker.join();
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  /** A disk that is full takes no more outcomes, so no more jobs may run. */
  @Test
  void noJobBeginsOnceAnOutcomeCouldNotBeWritten() throws Exception {
    AtomicInteger outcomes = new AtomicInteger();
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new UnsupportedOperationException();
          }

          @Override
          public void write(byte[] line, int from, int length) throws IOException {
            if (outcomes.incrementAndGet() > 100) {
              throw new IOException("full");
            }
          }
        };
    int workers = 4;
    Tally tally = new Tally();
    Room room = new Room(1_000, 100_000);
    try (FileChannel channel =
        FileChannel.open(output(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      Recorder recorder =
          new Recorder(new Output(full, channel, () -> {}, () -> {}), false, tally, room);
      WorkerFactory<Object, Object> factory = factory(job -> job);
      LineRun run =
          new LineRun(
              WorkerPool.of(new LineFactory(factory)).workers(workers).open(),
              factory,
              new Lines(bytes(input(10_000)), 1_000),
              Earlier.none(),
              recorder,
              room,
              tally,
              true,
              Optional.empty());
      List<String> said = run.toTheEnd();
      assertEquals(Main.FAILED, run.status());
      assertTrue(
          said.getLast().startsWith("pool: the output could not be written:"), said::toString);
    }
    assertEquals(100, tally.succeeded());
    assertTrue(runs.size() <= 100 + workers, () -> runs.size() + " jobs were begun");
  }

  @Test
  void manyThatWaitForTheDiskShareACall() throws Exception {
    int writers = 8;
    AtomicInteger calls = new AtomicInteger();
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    try (FileChannel channel =
            FileChannel.open(output(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Output out =
            new Output(
                Channels.newOutputStream(channel),
                channel,
                () -> {
                  if (calls.incrementAndGet() == 1) {
                    first.countDown();
                    await(go);
                  }
                },
                () -> {})) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    out.write(new byte[] {'x'});
                    out.sync();
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                }));
        if (i == 0) {
          await(first);
        }
      }
      while (channel.size() < writers) {
        Thread.onSpinWait();
      }
      assertEquals(1, calls.get());
      go.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertEquals(2, calls.get());
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      assertTrue(latch.await(20, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void whatTheDiskDidNotTakeIsNotCalledDurableLater() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (FileChannel channel =
            FileChannel.open(output(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Output out =
            new Output(
                Channels.newOutputStream(channel),
                channel,
                () -> {
                  if (calls.incrementAndGet() == 1) {
                    throw new IOException("no disk");
                  }
                },
                () -> {})) {
      out.write(new byte[] {'x'});
      assertThrows(IOException.class, out::sync);
      assertThrows(IOException.class, out::sync);
      assertThrows(IOException.class, () -> out.write(new byte[] {'y'}));
    }
    assertEquals(1, Files.size(output()));
  }

  @Test
  void aLineThatFailedMayBeCorrected() throws Exception {
    run(input(4), Earlier.none(), 1, ResumeTest::withoutTheThird);
    String corrected = input(4).replace("job 3", "Job 3");
    assertThrows(
        IOException.class, () -> earlier(false).requireSame(new Lines(bytes(corrected), 1)));
    earlier(true).requireSame(new Lines(bytes(corrected), 1));
    runs.clear();
    assertEquals(Main.OK, run(corrected, earlier(true), 1, ResumeTest::withoutTheThird).status());
    assertEquals(List.of("Job 3"), List.copyOf(runs));
    earlier(false).requireSame(new Lines(bytes(corrected), 1));
  }

  @Test
  void whatFailedIsRunAgainOnlyIfAsked() throws Exception {
    assertEquals(
        Main.FAILED, run(input(4), Earlier.none(), 1, ResumeTest::withoutTheThird).status());
    runs.clear();

    Ended left = run(input(5), earlier(false), 1, ResumeTest::echo);
    assertEquals(List.of("job 5"), List.copyOf(runs));
    assertEquals(Main.FAILED, left.status(), "line 3 has still failed");
    runs.clear();

    Ended retried = run(input(5), earlier(true), 1, ResumeTest::echo);
    assertEquals(List.of("job 3"), List.copyOf(runs));
    assertEquals(Main.OK, retried.status(), retried::toString);
    assertEquals(
        List.of(
            "1 succeeded", "2 succeeded", "3 failed", "3 succeeded", "4 succeeded", "5 succeeded"),
        outcomes());
  }

  @ParameterizedTest
  @ValueSource(strings = {"cancelled", "notStarted"})
  void whatAStopHasEndedIsRunAgain(String outcome) throws Exception {
    run(input(2), Earlier.none(), 1, ResumeTest::echo);
    String text = Files.readString(output());
    int second = text.indexOf('\n') + 1;
    Files.writeString(
        output(), text.substring(0, second) + text.substring(second).replace("succeeded", outcome));
    runs.clear();
    assertEquals(Main.OK, run(input(2), earlier(false), 1, ResumeTest::echo).status());
    assertEquals(List.of("job 2"), List.copyOf(runs));
  }

  @Test
  void anInputThatHasChangedIsRefusedWhereItFirstDiffers() throws Exception {
    run(input(6), Earlier.none(), 1, ResumeTest::echo);
    runs.clear();
    String changed = input(9).replace("job 4", "JOB 4").replace("job 6", "JOB 6");
    Exception e =
        assertThrows(
            IOException.class, () -> earlier(false).requireSame(new Lines(bytes(changed), 1)));
    String why = "the input has changed: line 4 is not what it was when its outcome was written";
    assertEquals(why, e.getMessage());

    Ended piped = run(changed, earlier(false), 1, ResumeTest::echo);
    assertEquals(Main.FAILED, piped.status());
    assertEquals("pool: " + why, piped.said().getLast());
    assertEquals(List.of(), List.copyOf(runs));
    assertEquals(succeeded(6), outcomes());
  }

  @Test
  void anInputThatHasBecomeShorterIsRefused() throws Exception {
    run(input(6), Earlier.none(), 1, ResumeTest::echo);
    Exception e =
        assertThrows(
            IOException.class, () -> earlier(false).requireSame(new Lines(bytes(input(4)), 1)));
    String why = "the input has changed: line 5 has an outcome, but the input has 4 lines";
    assertEquals(why, e.getMessage());
    Ended piped = run(input(4), earlier(false), 1, ResumeTest::echo);
    assertEquals(Main.FAILED, piped.status());
    assertEquals("pool: " + why, piped.said().getLast());
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A plugin's watchdog may be late, and meet the worker when it writes. */
  @Test
  void anInterruptThatComesWhenAnOutcomeIsWrittenLosesNone() throws Exception {
    Ended ended =
        run(
            input(50),
            Earlier.none(),
            2,
            job ->
                new Object() {
                  @Override
                  public String toString() {
                    Thread.currentThread().interrupt();
                    return "text";
                  }
                });
    assertEquals(Main.OK, ended.status(), ended::toString);
    assertEquals(succeeded(50), outcomes());
  }

  @Test
  void aFileHasOneRunAtATime() throws Exception {
    try (Output first = Output.file(output())) {
      Earlier.none().begin(first);
      first.write("kept\n".getBytes(StandardCharsets.UTF_8));
      Exception e =
          assertThrows(IOException.class, () -> run(input(1), Earlier.none(), 1, job -> job));
      assertEquals("another run is writing it", e.getMessage());
    }
    assertEquals("kept\n", Files.readString(output()));
  }

  @Test
  void whatHasBeenWrittenSinceTheOutputWasReadIsNotLost() throws Exception {
    run(input(2), Earlier.none(), 1, ResumeTest::echo);
    Earlier earlier = earlier(false);
    run(input(3), earlier(false), 1, ResumeTest::echo);
    Exception e =
        assertThrows(IOException.class, () -> run(input(3), earlier, 1, ResumeTest::echo));
    assertEquals("another process has written it meanwhile", e.getMessage());
    assertEquals(succeeded(3), outcomes());
  }
}
