package pool.process.internal;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * Handles signals, which then no longer end the process by themselves. A signal that was ignored
 * when the process began is still ignored, such as SIGHUP under {@code nohup}.
 *
 * <p>Only {@code sun.misc.Signal} reports a second signal. This class uses it by reflection,
 * because the compiler's warning about its use cannot be suppressed.
 */
public final class Signals {

  private Signals() {}

  /**
   * Calls a handler for each signal, on a new thread.
   *
   * @param names such as {@code INT}; those that do not exist on this system are skipped
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
          // the signal does not exist here, or the JVM must not handle signals (-Xrs)
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java runtime has no sun.misc.Signal", e);
    }
  }
}
