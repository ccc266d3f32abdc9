package example;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import pool.core.JobFailedException;
import pool.core.PoolBrokenException;

/** The statuses that clients see of jobs that were accepted. */
class ErrorsTest {

  private static int statusAfter(Throwable cause) {
    return new Errors().failed(new JobFailedException(7L, -1, cause)).getStatus();
  }

  @Test
  void aJobThatNoWorkerCouldDoWasNotTheClientsFault() {
    assertEquals(503, statusAfter(new PoolBrokenException("the database is away", null)));
    assertEquals(504, statusAfter(new TimeoutException("30 s")));
    assertEquals(500, statusAfter(new IOException("bad row")));
  }
}
