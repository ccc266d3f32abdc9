package example;

import java.util.concurrent.TimeoutException;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import pool.core.JobFailedException;
import pool.core.PoolBrokenException;
import pool.core.PoolClosedException;
import pool.core.QueueFullException;

/** What clients see when a pool cannot do their job. */
@RestControllerAdvice
class Errors {

  @ExceptionHandler
  ProblemDetail failed(JobFailedException e) { // a job that threw, or ran past job-timeout
    return ProblemDetail.forStatus(
        e.getCause() instanceof TimeoutException
            ? HttpStatus.GATEWAY_TIMEOUT
            : HttpStatus.INTERNAL_SERVER_ERROR);
  }

  @ExceptionHandler({
    QueueFullException.class, // with when-full=reject
    PoolBrokenException.class, // no worker can be opened
    PoolClosedException.class // the service stops
  })
  ProblemDetail unavailable(RuntimeException e) {
    return ProblemDetail.forStatus(HttpStatus.SERVICE_UNAVAILABLE);
  }
}
