package pool.core;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * What several classes of tests are run with: all combinations, or with {@code -Dpool.tests.few}
 * each kind of thread with another distribution, and two workers.
 */
final class Kinds {

  private static final boolean FEW = Boolean.getBoolean("pool.tests.few");

  private Kinds() {}

  /** Every kind of thread with every distribution, and with 1, 2 and 8 workers. */
  static Stream<Arguments> threadsDistributionsAndWorkers() {
    return threadsAndDistributions()
        .flatMap(kind ->
            (FEW ? Stream.of(2) : Stream.of(1, 2, 8))
                .map(workers -> Arguments.of(kind.get()[0], kind.get()[1], workers)));
  }

  /** Every kind of thread with every distribution. */
  static Stream<Arguments> threadsAndDistributions() {
    return Stream.of(ThreadKind.values())
        .flatMap(threads ->
            Stream.of(Distribution.values())
                .filter(dealt -> !FEW || dealt.ordinal() == threads.ordinal())
                .map(dealt -> Arguments.of(threads, dealt)));
  }
}
