package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.BatchWorker;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.cli.input.Lines;
import pool.core.OpenFailedException;
import pool.core.WorkerPool;

/** Plugins that misbehave. */
@Timeout(60)
class LineRunTest {

  private record Ended(int status, List<String> out, String err) {}

  private static Ended run(AnyFactory factory, InputStream input) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Tally tally = new Tally();
    Room room = new Room(10, 1_000_000);
    LineRun run =
        new LineRun(
            WorkerPool.of(new LineFactory(factory)).workers(1).open(),
            factory,
            new Lines(input, 1_000_000),
            Earlier.none(),
            new Recorder(Output.ofStream(out), false, tally, room),
            room,
            tally,
            true,
            Optional.empty());
    String err = String.join("\n", run.toTheEnd());
    return new Ended(
        run.status(),
        out.toString(StandardCharsets.UTF_8).lines().map(Json::plain).sorted().toList(),
        err);
  }

  private static Ended run(AnyFactory factory) throws Exception {
    return run(factory, new ByteArrayInputStream("1\n2\n3\n".getBytes(StandardCharsets.UTF_8)));
  }

  private static String succeeded(int line, String result) {
    return "{\"line\":%d,\"job\":\"%d\",\"outcome\":\"succeeded\",\"result\":%s}"
        .formatted(line, line, result);
  }

  private static String failed(int line, String reason) {
    return "{\"line\":%d,\"job\":\"%d\",\"outcome\":\"failed\",\"reason\":\"%s\"}"
        .formatted(line, line, reason);
  }

  private static void assertOnlyTheSecondFails(String reason, Ended ended) {
    assertEquals(
        List.of(succeeded(1, "\"1\""), failed(2, reason), succeeded(3, "\"3\"")), ended.out());
    assertEquals(1, ended.status());
    assertTrue(ended.err().startsWith("finished: 2 succeeded, 1 failed in"), ended::toString);
  }

  @Test
  void aLineWhoseReadingThrowsAnErrorFailsAlone() throws Exception {
    Ended ended =
        run(
            new AnyFactory() {
              @Override
              public Object read(String line) {
                if (line.equals("2")) {
                  throw new StackOverflowError();
                }
                return line;
              }
            });
    assertOnlyTheSecondFails("line 2: java.lang.StackOverflowError", ended);
  }

  @Test
  void aLineThatIsReadAsNullFailsAlone() throws Exception {
    Ended ended =
        run(
            new AnyFactory() {
              @Override
              public Object read(String line) {
                return line.equals("2") ? null : line;
              }
            });
    assertOnlyTheSecondFails("line 2: read returned null", ended);
  }

  @Test
  void aResultThatCannotBeWrittenFailsItsJobAlone() throws Exception {
    Object unwritable =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("who knows");
          }
        };
    Ended ended =
        run(
            new AnyFactory() {
              @Override
              Object result(Object job) {
                return job.equals("2") ? List.of(1, unwritable) : job;
              }
            });
    assertOnlyTheSecondFails("its result cannot be written: who knows", ended);
  }

  @Test
  void aFailureThatHasNoMessageToGiveFailsItsJobAlone() throws Exception {
    Ended ended =
        run(
            new AnyFactory() {
              @Override
              Object result(Object job) throws Exception {
                if (job.equals("2")) {
                  throw new Unspeakable();
                }
                return job;
              }
            });
    assertOnlyTheSecondFails("pool.cli.LineRunTest$Unspeakable", ended);
  }

  private static final class Unspeakable extends Exception {

    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }
  }

  @Test
  void aLineThatABatchWorkerPutsOffDoesNotHoldItUp() throws Exception {
    AtomicBoolean isPutOff = new AtomicBoolean();
    BatchWorker<Object, Object> worker =
        (jobs, results) -> {
          for (int i = 0; i < jobs.size(); i++) {
            if (jobs.get(i).equals("2") && isPutOff.compareAndSet(false, true)) {
              results.failed(i, new RetryLaterException(Duration.ofMillis(20)));
            } else {
              results.succeeded(i, jobs.get(i));
            }
          }
        };
    Ended ended =
        run(
            new AnyFactory() {
              @Override
              public Worker<Object, Object> open(WorkerContext context) {
                return worker;
              }
            });
    assertEquals(
        List.of(succeeded(1, "\"1\""), succeeded(2, "\"2\""), succeeded(3, "\"3\"")), ended.out());
    assertTrue(isPutOff.get());
    assertEquals(0, ended.status());
  }

  @Test
  void aFactoryThatOpensNoWorkerIsRefusedBeforeAnyLine() {
    AnyFactory factory =
        new AnyFactory() {
          @Override
          public @Nullable Worker<Object, Object> open(WorkerContext context) {
            return null;
          }
        };
    OpenFailedException e = assertThrows(OpenFailedException.class, () -> run(factory));
    assertTrue(
        e.getMessage().contains("the factory returned null instead of a worker"), e::getMessage);
  }

  @Test
  void arraysAreWrittenAsArrays() throws Exception {
    Ended ended =
        run(
            new AnyFactory() {
              @Override
              Object result(Object job) {
                return switch ((String) job) {
                  case "1" -> new int[] {1, 2};
                  case "2" -> new String[][] {{"a"}, {}};
                  default -> new byte[] {1, 2, 3};
                };
              }
            });
    assertEquals(
        List.of(succeeded(1, "[1,2]"), succeeded(2, "[[\"a\"],[]]"), succeeded(3, "\"AQID\"")),
        ended.out());
    assertEquals(0, ended.status());
  }

  @Test
  void anInputThatThrowsAnErrorEndsTheRun() throws Exception {
    InputStream input =
        new InputStream() {
          @Override
          public int read() {
            throw new InternalError("a line too long");
          }
        };
    Ended ended = run(new AnyFactory() {}, input);
    assertEquals(1, ended.status());
    assertTrue(
        ended.err().contains("pool: the input could not be read to its end: a line too long"),
        ended::toString);
    assertEquals(
        1, Arrays.stream(ended.err().split("\n")).filter(l -> l.contains("pool:")).count());
  }
}
