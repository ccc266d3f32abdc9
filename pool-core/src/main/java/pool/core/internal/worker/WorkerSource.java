package pool.core.internal.worker;

import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.api.internal.Delegating;
import pool.core.internal.discovery.ClassLoaders;
import pool.core.internal.discovery.OptionValues;

/**
 * Where the workers of a slot come from. Each is an epoch of its own, though it equals another:
 * workers of any but the slot's are to be replaced.
 *
 * @param options what the application has given
 * @param optionValues where every option of the factory has its value from, at each opening
 * @param contextClassLoader of the workers' threads; null for the bootstrap class loader
 */
public record WorkerSource<J, R>(
    WorkerFactory<J, R> factory,
    OptionValues options,
    Map<String, Supplier<?>> optionValues,
    @Nullable ClassLoader contextClassLoader) {

  /** One of a factory that this thread brings. Checks the options. */
  public static <J, R> WorkerSource<J, R> of(WorkerFactory<J, R> factory, OptionValues options) {
    return new WorkerSource<>(factory, options, options.read(factory), contextClassLoader(factory));
  }

  /** The same again, for other workers. */
  public WorkerSource<J, R> again() {
    return new WorkerSource<>(factory, options, optionValues, contextClassLoader);
  }

  /**
   * That of a plugin's class. For a factory made in place that of this thread, unless it sees less
   * than the code that opens the workers: in an application server the threads of the JVM's own
   * pools see no application.
   */
  private static @Nullable ClassLoader contextClassLoader(WorkerFactory<?, ?> factory) {
    Object opener = Delegating.openerOf(factory);
    ClassLoader ofOpener = opener.getClass().getClassLoader();
    ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
    boolean isPlugin = opener instanceof WorkerFactory;
    return isPlugin || ClassLoaders.isAncestor(ofThread, ofOpener) ? ofOpener : ofThread;
  }

  /** Whether that is this very one. */
  @SuppressWarnings("ReferenceEquality") // factories and suppliers have an equals of their own
  boolean isSame(@Nullable WorkerSource<J, R> other) {
    return other == this;
  }

  /** What it would print may be secret. */
  @Override
  public String toString() {
    return "WorkerSource of " + optionValues.size() + " options";
  }
}
