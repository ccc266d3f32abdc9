package com.example.ask;

// @start region="factory"
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Opens workers that ask a server: a line for each job, a line for each answer. */
public final class AskFactory implements WorkerFactory<String, String> {

  // @start region="options"
  static final Option<String> HOST =
      Option.string("host", "localhost", "of the server");
  static final Option<Integer> PORT =
      Option.integer("port", "of the server")
          .requiring(port -> port > 0 && port < 65_536, "must be from 1 to 65535");
  static final Option<Duration> CONNECT_TIMEOUT =
      Option.duration("connect-timeout", Duration.ofSeconds(10), "how long connecting may take")
          .requiring(Duration::isPositive, "must be more than 0");
  // @end

  /** For {@link java.util.ServiceLoader}. */
  public AskFactory() {}

  @Override
  public String name() {
    return "ask";
  }

  @Override
  public Class<String> jobType() {
    return String.class;
  }

  @Override
  public Class<String> resultType() {
    return String.class;
  }

  @Override
  public String description() {
    return "asks a server: a line for each job, a line for each answer";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(HOST, PORT, CONNECT_TIMEOUT);
  }

  @Override
  public Worker<String, String> open(WorkerContext context) throws IOException {
    return new AskWorker(context);
  }
}
// @end
