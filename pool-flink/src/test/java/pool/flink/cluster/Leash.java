package pool.flink.cluster;

import java.io.IOException;
import java.util.Arrays;

/**
 * Runs another main class in this JVM, and ends the JVM when standard input ends: the cluster dies
 * with the process that started it, however that one dies. It is alone in a jar, since nothing else
 * of ours belongs on the class path of Flink's processes.
 */
final class Leash {

  private Leash() {}

  /** The main class, then its arguments. */
  public static void main(String[] args) throws Exception {
    Thread.ofPlatform().name("leash").daemon().start(Leash::hold);
    Class.forName(args[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
  }

  private static void hold() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException e) {
      // it is gone as well
    }
    Runtime.getRuntime().halt(1);
  }
}
