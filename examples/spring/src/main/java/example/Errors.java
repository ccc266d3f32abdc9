package example;

import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import pool.core.JobFailedException;
import pool.core.PoolBrokenException;
import pool.core.PoolClosedException;
import pool.core.PoolInterruptedException;
import pool.core.QueueFullException;

/** What clients see when a pool cannot do their job. */
@RestControllerAdvice
class Errors {

  @ExceptionHandler
  ProblemDetail failed(JobFailedException e) {
    return ProblemDetail.forStatus(
        switch (e.getCause()) {
          case TimeoutException _ -> HttpStatus.GATEWAY_TIMEOUT; // it ran past job-timeout
          case PoolBrokenException _ -> HttpStatus.SERVICE_UNAVAILABLE; // no worker can be opened
          case null, default -> HttpStatus.INTERNAL_SERVER_ERROR; // it threw
        });
  }

  @ExceptionHandler({
    QueueFullException.class, // with when-full=reject
    PoolClosedException.class, // the service stops
    PoolInterruptedException.class, // and has given the request up
    CancellationException.class // or the job, past the deadline
  })
  ProblemDetail unavailable(RuntimeException e) {
    return ProblemDetail.forStatus(HttpStatus.SERVICE_UNAVAILABLE);
  }
}
