package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.api.WorkerFactory;
import pool.cli.input.InputLine;
import pool.core.JobRun;
import pool.core.Outcome;
import pool.core.WorkerPool;

/** What a plugin throws is known as what it threw, though its jobs travel with their lines. */
class LineFactoryTest {

  private static List<Line> lines(int count) {
    return IntStream.range(0, count)
        .mapToObj(number -> {
          Line line =
              new Line(
                  Seen.recorder(),
                  new InputLine(number + 1, "", 0, null),
                  "line " + number,
                  "job" + number);
          line.watched();
          line.recorded();
          return line;
        })
        .toList();
  }

  private static List<Outcome<Line, Object>> run(BatchWorker<Object, Object> worker, int lines) {
    WorkerFactory<Object, Object> factory =
        WorkerFactory.of("together", Object.class, Object.class, _ -> worker);
    try (var pool = WorkerPool.of(new LineFactory(factory)).workers(1).open()) {
      return pool.mapAll(lines(lines));
    }
  }

  @Test
  void aBatchWorkerStaysOne() {
    List<Integer> sizes = new ArrayList<>();
    List<Outcome<Line, Object>> outcomes =
        run(
            (jobs, results) -> {
              sizes.add(jobs.size());
              for (int i = 0; i < jobs.size(); i++) {
                results.succeeded(i, jobs.get(i) + "!");
              }
            },
            50);
    assertEquals(List.of(50), sizes);
    for (int i = 0; i < 50; i++) {
      assertEquals("job" + i + "!", outcomes.get(i).orElseThrow());
    }
  }

  @Test
  void eachLineKnowsWhatItsRunThrew() {
    Exception told = new Exception("told");
    Exception thrown = new Exception("thrown");
    List<Outcome<Line, Object>> outcomes =
        run(
            (_, results) -> {
              results.succeeded(0, "done");
              results.failed(1, told);
              throw thrown;
            },
            3);
    assertTrue(outcomes.getFirst().isSucceeded());
    assertThrown(told, outcomes.get(1));
    assertThrown(thrown, outcomes.get(2));
  }

  @Test
  void ofABatchThatIsRolledBackTheBadLineKnowsTheCause() {
    Exception poison = new Exception("poison");
    List<Outcome<Line, Object>> outcomes =
        run(
            (jobs, results) -> {
              if (jobs.contains("job1")) {
                throw new BatchRolledBackException(poison);
              }
              for (int i = 0; i < jobs.size(); i++) {
                results.succeeded(i, "done");
              }
            },
            3);
    assertThrown(poison, outcomes.get(1));
    assertTrue(outcomes.get(0).isSucceeded() && outcomes.get(2).isSucceeded());
  }

  @Test
  void aRunOfABatchShowsItsFirstLineAndHowManyMore() {
    List<Line> lines = lines(3);
    JobRun batch =
        new JobRun(
            "w-0", lines, Instant.EPOCH, Duration.ZERO, Duration.ZERO, Optional.empty(), false, 3);
    assertSame(lines.getFirst(), Line.of(batch));
    assertEquals("line 0 (and 2 more)", Line.textOf(batch));
  }

  private static void assertThrown(Exception cause, Outcome<Line, Object> outcome) {
    var failed = assertInstanceOf(Outcome.Failed.class, outcome);
    assertSame(cause, failed.cause());
    assertTrue(outcome.job().hasThrown(cause));
  }
}
