package pool.plugins.example.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerBrokenException;

/**
 * What a worker and its program have to say to each other. Each job is asked once under a number of
 * its own, and answered once. When a program says something else, ends, or is interrupted, nobody
 * knows what comes next: the conversation is over.
 */
final class Conversation {

  private final Program program;
  private final Protocol protocol;
  private final @Nullable Duration timeout; // for an answer
  private final Map<Long, Integer> underWay = new HashMap<>(); // their indexes, by id
  private long asked;
  private boolean isOver;

  Conversation(Program program, Protocol protocol, @Nullable Duration timeout) {
    this.program = program;
    this.protocol = protocol;
    this.timeout = timeout;
  }

  /**
   * An answer, and the job that it is about.
   *
   * @param index as it was asked with
   */
  record Answered(int index, Answer answer) {}

  /** Waits for what the program writes when it is ready, and for nothing else. */
  void awaitReady(String ready) throws IOException, InterruptedException {
    byte[] expected = ready.getBytes(StandardCharsets.UTF_8);
    try {
      while (!Arrays.equals(program.next(null), expected)) {
        // whatever it says before
      }
    } catch (WorkerBrokenException e) {
      throw new IOException("%s, before it wrote '%s'".formatted(e.getMessage(), ready), e);
    }
  }

  /**
   * Gives a job to the program.
   *
   * @throws IllegalArgumentException when it cannot be given so; nothing has happened then
   */
  void ask(int index, String job) throws WorkerBrokenException {
    requireGoesOn();
    byte[] line = protocol.question(asked + 1, job);
    asked++;
    underWay.put(asked, index);
    program.send(line);
  }

  int underWay() {
    return underWay.size();
  }

  /** Waits for an answer to one of the jobs that are under way. */
  Answered next() throws WorkerBrokenException {
    boolean goesOn = false;
    try {
      byte[] line = program.next(timeout);
      Answer answer = answer(line);
      if (answer instanceof Answer.Broken(String reason)) {
        throw new WorkerBrokenException(
            "program '%s' says that it is broken: %s".formatted(program.name(), reason));
      }
      Integer index = underWay.remove(answer.id());
      if (index == null) {
        throw unasked(answer.id(), line);
      }
      goesOn = true;
      return new Answered(index, answer);
    } catch (InterruptedException e) {
      throw new WorkerBrokenException(
          "program '%s' is stopped, since its job is not wanted any more".formatted(program.name()),
          e);
    } finally {
      isOver |= !goesOn;
    }
  }

  private Answer answer(byte[] line) throws WorkerBrokenException {
    try {
      return protocol.answer(line);
    } catch (IOException e) {
      throw new WorkerBrokenException(
          "program '%s' wrote a line that is no answer: '%s': %s"
              .formatted(program.name(), Program.shown(line), e.getMessage()),
          e);
    }
  }

  private WorkerBrokenException unasked(long id, byte[] line) {
    String what =
        id > 0 && id <= asked ? "answered job %d twice" : "answered job %d, which nobody asked";
    return new WorkerBrokenException(
        ("program '%s' " + what + ": '%s'").formatted(program.name(), id, Program.shown(line)));
  }

  /** Of a program that has ended, what it has written says more than that. */
  private void requireGoesOn() throws WorkerBrokenException {
    if (isOver) {
      throw new WorkerBrokenException(program.ending());
    }
  }

  void requireAlive() throws WorkerBrokenException {
    isOver |= !program.isAlive();
    requireGoesOn();
  }

  void end() throws IOException {
    program.end(!isOver);
  }
}
