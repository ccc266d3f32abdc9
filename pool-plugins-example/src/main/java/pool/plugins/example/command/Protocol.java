package pool.plugins.example.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** How jobs and answers are written: each as a line, here without its end. */
interface Protocol {

  /** The protocols by the names under which users choose them. */
  enum Kind {
    /** An object of JSON for each job and each answer. */
    JSON {
      @Override
      Protocol protocol(JobKind jobs) {
        return new JsonProtocol(jobs);
      }
    },
    /** A line answers a line, in order. */
    LINES {
      @Override
      Protocol protocol(JobKind jobs) {
        return new Lines();
      }
    };

    abstract Protocol protocol(JobKind jobs);
  }

  /** What a job is in the JSON protocol. */
  enum JobKind {
    /** A text. */
    TEXT,
    /** The value that its text denotes in JSON. */
    JSON
  }

  /**
   * Returns the line of a job.
   *
   * @param id counts up from 1
   * @throws IllegalArgumentException when the protocol cannot express the job
   */
  byte[] question(long id, String job);

  /**
   * Returns the answer in a line.
   *
   * @throws IOException when it is not an answer; the message completes "... that is no answer: "
   */
  Answer answer(byte[] line) throws IOException;

  /** Whether only the order shows which job an answer is about. */
  default boolean goesByOrder() {
    return false;
  }

  /** Each line is the result of the oldest job that has none. */
  final class Lines implements Protocol {

    private long answered;

    @Override
    public boolean goesByOrder() {
      return true;
    }

    @Override
    public byte[] question(long id, String job) {
      if (job.indexOf('\n') >= 0 || job.indexOf('\r') >= 0) {
        throw new IllegalArgumentException(
            "a job of several lines cannot be given to a program that reads lines: use protocol=json");
      }
      return job.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Answer answer(byte[] line) {
      answered++;
      return new Answer.Result(answered, new String(line, StandardCharsets.UTF_8));
    }
  }
}
