package pool.process.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Tells of signals, which then no longer end the process by themselves. One that was ignored when
 * the process began stays so: {@code nohup} ignores SIGHUP.
 *
 * <p>Only {@code sun.misc.Signal} can tell of a second one. It is reached by reflection, because
 * the compiler's warning about its use cannot be suppressed.
 */
public final class Signals {

  private Signals() {}

  /**
   * Calls a handler for each signal, on a new thread.
   *
   * @param names such as {@code INT}; those that do not exist here are left out
   * @param handler gets the signal's number
   */
  public static void handle(List<String> names, IntConsumer handler) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              signalHandler.getClassLoader(),
              new Class<?>[] {signalHandler},
              (_, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  handler.accept((int) signal.getMethod("getNumber").invoke(arguments[0]));
                }
                return null;
              });
      for (String name : names) {
        try {
          Object instance = signal.getConstructor(String.class).newInstance(name);
          signal.getMethod("handle", signal, signalHandler).invoke(null, instance, proxy);
        } catch (InvocationTargetException e) {
          // it does not exist here, or the JVM was told to leave signals alone (-Xrs)
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java runtime has no sun.misc.Signal", e);
    }
  }
}
