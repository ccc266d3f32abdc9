package pool.core;

import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** What several classes of tests are run with. */
final class Kinds {

  private Kinds() {}

  /** Every kind of thread with every distribution, and with 1, 2 and 8 workers. */
  static Stream<Arguments> threadsDistributionsAndWorkers() {
    return threadsAndDistributions()
        .flatMap(kind ->
            Stream.of(1, 2, 8).map(workers -> Arguments.of(kind.get()[0], kind.get()[1], workers)));
  }

  /** Every kind of thread with every distribution. */
  static Stream<Arguments> threadsAndDistributions() {
    return Stream.of(ThreadKind.values())
        .flatMap(
            threads -> Stream.of(Distribution.values()).map(dealt -> Arguments.of(threads, dealt)));
  }
}
