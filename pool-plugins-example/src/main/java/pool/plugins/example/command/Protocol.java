package pool.plugins.example.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** How jobs and answers are written, each as a line without its end. */
interface Protocol {

  /** Users choose one by name. */
  enum Kind {
    /** An object of JSON for each job and each answer. */
    JSON {
      @Override
      Protocol protocol(JobKind jobs) {
        return new JsonProtocol(jobs);
      }
    },
    /** A line for a line, in order. */
    LINES {
      @Override
      Protocol protocol(JobKind jobs) {
        return new Lines();
      }
    };

    abstract Protocol protocol(JobKind jobs);
  }

  /** What a job is to a program that speaks JSON. */
  enum JobKind {
    /** A text. */
    TEXT,
    /** The value that its text is in JSON. */
    JSON
  }

  /**
   * A job.
   *
   * @param id counts up from 1
   * @throws IllegalArgumentException when it cannot be asked so
   */
  byte[] question(long id, String job);

  /**
   * An answer.
   *
   * @throws IOException when it is none; the message ends "... that is no answer: "
   */
  Answer answer(byte[] line) throws IOException;

  /** Whether an answer is known by its place only. */
  default boolean goesByOrder() {
    return false;
  }

  /** Each line is the result of the oldest job without one. */
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
