package pool.plugins.example.command;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerBrokenException;

/**
 * The exchange between a worker and its program. Each job is sent once, under a unique number, and
 * answered once. When a program deviates from this, ends, or is interrupted, nobody knows what it
 * will write next, so the conversation is over.
 */
final class Conversation {

  private final Program program;
  private final Protocol protocol;
  private final @Nullable Duration timeout; // for an answer
  private final Map<Long, Integer> underWay = new HashMap<>(); // from a job's number to its index
  private long asked;
  private @Nullable String over; // why; null while it goes on
  private boolean hangs; // gets no time to end by itself

  Conversation(Program program, Protocol protocol, @Nullable Duration timeout) {
    this.program = program;
    this.protocol = protocol;
    this.timeout = timeout;
  }

  /**
   * An answer, and the job that it is about.
   *
   * @param index the job's index in the batch
   */
  record Answered(int index, Answer answer) {}

  /** Waits until the program writes the line that means it is ready. */
  void awaitReady(String ready) throws IOException {
    byte[] expected = ready.getBytes(StandardCharsets.UTF_8);
    try {
      while (!Arrays.equals(next(null), expected)) {
        // skips everything before that line
      }
    } catch (WorkerBrokenException e) {
      throw new IOException("%s, before it wrote '%s'".formatted(e.getMessage(), ready), e);
    } catch (InterruptedException e) {
      throw new InterruptedIOException(
          "program '%s' has not written '%s'".formatted(program.name(), ready));
    }
  }

  /**
   * Sends a job to the program.
   *
   * @throws IllegalArgumentException when the protocol cannot express the job; then nothing was
   *     sent
   */
  void ask(int index, String job) throws WorkerBrokenException {
    requireGoesOn();
    requireNoMore();
    byte[] line = protocol.question(asked + 1, job);
    asked++;
    underWay.put(asked, index);
    program.send(line);
  }

  /** Breaks when there is a line already: it would be taken for the answer of the next job. */
  private void requireNoMore() throws WorkerBrokenException {
    boolean wouldBeTaken = protocol.goesByOrder() && underWay.isEmpty();
    byte[] more = wouldBeTaken ? program.unasked() : null;
    if (more != null) {
      throw isOver(
          new WorkerBrokenException(
              "program '%s' wrote a line more than it was given: '%s'"
                  .formatted(program.name(), Program.shown(more))));
    }
  }

  private WorkerBrokenException isOver(WorkerBrokenException why) {
    over = why.getMessage();
    return why;
  }

  int underWay() {
    return underWay.size();
  }

  /** Is over with jobs under way, whose answers nobody will read. */
  void giveUp() {
    over = over == null ? "program '%s' has not answered".formatted(program.name()) : over;
  }

  /** Waits for an answer to one of the jobs under way. */
  Answered next() throws WorkerBrokenException {
    try {
      return nextAnswered();
    } catch (WorkerBrokenException e) {
      throw isOver(e);
    } catch (InterruptedException e) {
      hangs = true;
      throw isOver(
          new WorkerBrokenException(
              "program '%s' is stopped, since its job is not wanted any more"
                  .formatted(program.name()),
              e));
    }
  }

  private Answered nextAnswered() throws WorkerBrokenException, InterruptedException {
    byte[] line = next(timeout);
    Answer answer = answer(line);
    if (answer instanceof Answer.Broken(String reason)) {
      throw new WorkerBrokenException(
          "program '%s' says that it is broken: %s".formatted(program.name(), reason));
    }
    Integer index = underWay.remove(answer.id());
    if (index == null) {
      throw unasked(answer.id(), line);
    }
    return new Answered(index, answer);
  }

  private byte[] next(@Nullable Duration limit) throws WorkerBrokenException, InterruptedException {
    Optional<byte[]> line = program.next(limit);
    if (line.isEmpty()) {
      hangs = true;
      throw new WorkerBrokenException(
          "no answer from program '%s' within %s; does the program flush its output, and read line by line?"
              .formatted(program.name(), limit));
    }
    return line.get();
  }

  private Answer answer(byte[] line) throws WorkerBrokenException {
    try {
      return protocol.answer(line);
    } catch (IOException e) {
      throw new WorkerBrokenException(
          "program '%s' wrote a line that is no answer: '%s': %s"
              .formatted(program.name(), Program.shown(line), e.getMessage()));
    }
  }

  private WorkerBrokenException unasked(long id, byte[] line) {
    String what =
        id > 0 && id <= asked ? "answered job %d twice" : "answered job %d, which nobody asked";
    return new WorkerBrokenException(
        ("program '%s' " + what + ": '%s'").formatted(program.name(), id, Program.shown(line)));
  }

  /**
   * Breaks when the conversation is over. Lines that an ended program has written are read first.
   */
  private void requireGoesOn() throws WorkerBrokenException {
    if (over != null) {
      throw new WorkerBrokenException(over);
    }
  }

  /** Returns whether the program has ended while it had nothing to do. */
  boolean hasEndedIdle() {
    return over == null && underWay.isEmpty() && !program.isAlive() && program.unasked() == null;
  }

  String ending() {
    return program.ending();
  }

  void requireAlive() throws WorkerBrokenException {
    if (over == null && !program.isAlive()) {
      over = program.ending();
    }
    requireGoesOn();
  }

  /**
   * Ends the program.
   *
   * @throws IOException when it did not end well, unless the conversation was over before
   */
  void end() throws IOException {
    byte[] more = over == null ? program.unasked() : null;
    try {
      program.end(!hangs);
    } catch (IOException e) {
      if (over == null) {
        throw e;
      }
    }
    if (more != null) {
      throw new IOException(
          "program '%s' wrote more lines than it was given: '%s'"
              .formatted(program.name(), Program.shown(more)));
    }
  }
}
