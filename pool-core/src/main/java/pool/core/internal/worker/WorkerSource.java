package pool.core.internal.worker;

import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/**
 * Where the workers of a slot come from.
 *
 * @param epoch tells it from those before: workers of an earlier one are to be replaced
 * @param optionTexts the options that were given as text, for {@code WorkerContext.options}
 * @param optionValues where every option of the factory has its value from, at each opening
 * @param contextClassLoader of the workers' threads; null for the bootstrap class loader
 */
public record WorkerSource<J, R>(
    int epoch,
    WorkerFactory<J, R> factory,
    Map<String, String> optionTexts,
    Map<String, Supplier<?>> optionValues,
    @Nullable ClassLoader contextClassLoader) {

  /** What it would print may be secret. */
  @Override
  public String toString() {
    return "WorkerSource[" + epoch + "]";
  }
}
