package pool.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The meters that were added to registries, so that all can be removed together.
 *
 * <p>A registry returns an existing meter to whoever registers the same one again, so two pools of
 * one name would share their meters, and the first to close would remove them. Therefore each set
 * of meters is claimed first. To look for a meter would not do: a filter may rename or deny it.
 */
final class BoundMeters {

  /** Guarded by itself. */
  private static final Map<MeterRegistry, Set<Claim>> CLAIMS = new WeakHashMap<>();

  private final Deque<Runnable> removals = new ConcurrentLinkedDeque<>();

  private record Claim(String what, Tags tags) {}

  /**
   * Claims a set of meters of a registry, and adds them. If a meter cannot be added, the registry
   * has none of them.
   *
   * @param what whose, for the message
   * @param adding adds the meters, by {@link #add}; returns what they belong to
   * @throws IllegalStateException if the registry has them
   */
  <T> T bind(MeterRegistry registry, String what, Tags tags, Supplier<T> adding) {
    Runnable before = removals.peekLast();
    claim(registry, what, tags);
    try {
      return adding.get();
    } catch (Throwable e) {
      while (!Objects.equals(removals.peekLast(), before)) {
        removals.removeLast().run();
      }
      throw e;
    }
  }

  private void claim(MeterRegistry registry, String what, Tags tags) {
    Claim claim = new Claim(what, tags);
    List<MeterRegistry> all = all(registry).distinct().toList();
    synchronized (CLAIMS) {
      if (all.stream().anyMatch(one -> claims(one).contains(claim))) {
        throw new IllegalStateException(
            "the registry has the %s with the tags %s already: close those first, or give one of the two another name or another tag"
                .formatted(what, tags));
      }
      all.forEach(one -> claims(one).add(claim));
    }
    removals.add(() -> release(all, claim));
  }

  private static Set<Claim> claims(MeterRegistry registry) {
    return CLAIMS.computeIfAbsent(registry, _ -> new HashSet<>());
  }

  /** It, and those in which a composite one registers, since they may be in several composites. */
  private static Stream<MeterRegistry> all(MeterRegistry registry) {
    return registry instanceof CompositeMeterRegistry composite
        ? Stream.concat(
            Stream.of(registry), composite.getRegistries().stream().flatMap(BoundMeters::all))
        : Stream.of(registry);
  }

  private static void release(List<MeterRegistry> registries, Claim claim) {
    synchronized (CLAIMS) {
      registries.forEach(one -> claims(one).remove(claim));
    }
  }

  void add(MeterRegistry registry, Meter meter) {
    removals.add(() -> registry.remove(meter));
  }

  /** Removes them from every registry. A second call does nothing. */
  void removeAll() {
    Runnable removal;
    while ((removal = removals.poll()) != null) {
      removal.run();
    }
  }
}
