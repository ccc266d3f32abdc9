package pool.flink.cluster;

/** What a run has measured, for those who read the build's output. */
final class Figures {

  private Figures() {}

  static void print(String format, Object... arguments) {
    System.out.println("[figure] " + format.formatted(arguments));
  }
}
