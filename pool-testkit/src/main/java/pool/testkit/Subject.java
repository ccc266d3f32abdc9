package pool.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.core.ThreadKind;

/** What one test of a contract examines, and the messages of its failures. */
record Subject<J, R>(
    WorkerFactoryContract<J, R> contract,
    WorkerFactory<J, R> factory,
    Map<String, String> options,
    List<J> samples,
    Duration bound) {

  static <J, R> Subject<J, R> of(WorkerFactoryContract<J, R> contract) {
    WorkerFactory<J, R> factory = contract.factory();
    List<J> samples = List.copyOf(contract.samples());
    if (samples.isEmpty()) {
      throw failure(factory, "samples() is empty; give one job at least that succeeds", null);
    }
    return new Subject<>(contract, factory, contract.options(), samples, contract.bound());
  }

  /** The same, but with a factory that opens its workers differently. */
  Subject<J, R> with(WorkerFactory<J, R> other) {
    return new Subject<>(contract, other, options, samples, bound);
  }

  J sample() {
    return samples.getFirst();
  }

  /** The name of a kind of threads in messages. */
  static String name(ThreadKind threads) {
    return threads.name().toLowerCase(Locale.ROOT);
  }

  AssertionError failure(String message) {
    return failure(factory, message, null);
  }

  AssertionError failure(String message, @Nullable Throwable cause) {
    return failure(factory, message, cause);
  }

  static AssertionError failure(
      WorkerFactory<?, ?> factory, String message, @Nullable Throwable cause) {
    return new AssertionError("factory '%s': %s".formatted(factory.name(), message), cause);
  }

  void assertEqual(J job, @Nullable R expected, @Nullable R actual, String where) {
    if (!contract.areEqual(expected, actual)) {
      throw failure(
          "job '%s' gave '%s' alone, but '%s' %s; let the result depend on the job only, or override areEqual()"
              .formatted(job, expected, actual, where));
    }
  }
}
