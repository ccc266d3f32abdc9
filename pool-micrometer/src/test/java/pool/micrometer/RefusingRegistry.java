package pool.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.function.ToDoubleFunction;

/** A registry that refuses a meter, as some do for a name that has other tags already. */
final class RefusingRegistry extends SimpleMeterRegistry {

  private final String refused;
  boolean refuses = true;

  RefusingRegistry(String refused) {
    this.refused = refused;
  }

  private Meter.Id accepted(Meter.Id id) {
    if (refuses && id.getName().equals(refused)) {
      throw new IllegalArgumentException(id.getName());
    }
    return id;
  }

  @Override
  protected Counter newCounter(Meter.Id id) {
    return super.newCounter(accepted(id));
  }

  @Override
  protected <T> FunctionCounter newFunctionCounter(
      Meter.Id id, T object, ToDoubleFunction<T> function) {
    return super.newFunctionCounter(accepted(id), object, function);
  }
}
