package pool.cli;

import java.lang.reflect.Proxy;
import java.util.function.IntConsumer;

/**
 * Tells of Ctrl-C and SIGTERM, which then no longer end the process by themselves.
 *
 * <p>Only {@code sun.misc.Signal} can tell of a second one. It is reached by reflection, because
 * the compiler's warning about its use cannot be suppressed.
 */
final class Signals {

  private Signals() {}

  /** Calls the handler with the signal's number, on a thread of the JVM's. */
  static void handle(IntConsumer handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
      for (String name : new String[] {"INT", "TERM"}) {
        Object instance = signal.getConstructor(String.class).newInstance(name);
        int number = (int) signal.getMethod("getNumber").invoke(instance);
        Object proxy =
            Proxy.newProxyInstance(
                signalHandler.getClassLoader(),
                new Class<?>[] {signalHandler},
                (_, _, _) -> {
                  handler.accept(number);
                  return null;
                });
        signal.getMethod("handle", signal, signalHandler).invoke(null, instance, proxy);
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java runtime has no sun.misc.Signal", e);
    }
  }
}
