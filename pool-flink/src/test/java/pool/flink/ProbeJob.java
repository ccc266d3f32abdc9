package pool.flink;

import java.io.Serializable;

/** What a worker is to do. */
public record ProbeJob(int number, Act act) implements Serializable {

  /** What becomes of it. */
  public enum Act {
    SUCCEED,
    FAIL,
    BREAK, // the worker, the first time
    HOLD, // until the test lets go
    STRANGE, // its result cannot travel
    LARGE // its result has as many characters as its number says
  }

  static ProbeJob of(int number) {
    return new ProbeJob(number, Act.SUCCEED);
  }
}
