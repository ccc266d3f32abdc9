package pool.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

  // Guarded by this:
  private final Deque<Runnable> removals = new ArrayDeque<>();
  private @Nullable Deque<Runnable> ofThisBinding; // while one is under way
  private boolean areRemoved; // and none was bound since

  private record Claim(String what, Tags tags) {}

  /**
   * Claims a set of meters of a registry, and adds them. If one cannot be added, those that were
   * are removed, and the set is free again.
   *
   * @param what whose, for the message
   * @param adding adds the meters, by {@link #add}, and returns what uses them
   * @throws IllegalStateException if the registry has them
   */
  synchronized <T> T bind(MeterRegistry registry, String what, Tags tags, Supplier<T> adding) {
    Deque<Runnable> added = new ArrayDeque<>();
    ofThisBinding = added;
    areRemoved = false;
    try {
      claim(registry, what, tags);
      T user = adding.get();
      removals.addAll(added);
      return user;
    } catch (Throwable e) {
      remove(added, e);
      throw e;
    } finally {
      ofThisBinding = null;
    }
  }

  /** The same for meters that nobody else uses. */
  void bind(MeterRegistry registry, String what, Tags tags, Runnable adding) {
    BoundMeters _ =
        bind(
            registry,
            what,
            tags,
            () -> {
              adding.run();
              return this;
            });
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
      note(() -> release(all, claim));
      all.forEach(one -> claims(one).add(claim));
    }
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

  /** Adds a meter, which is to be removed with the others: at once if they were. */
  synchronized void add(MeterRegistry registry, Meter meter) {
    if (areRemoved) {
      registry.remove(meter);
    } else {
      note(() -> registry.remove(meter));
    }
  }

  private void note(Runnable removal) {
    (ofThisBinding == null ? removals : ofThisBinding).addFirst(removal);
  }

  /** Removes them from every registry. A second call does nothing. */
  synchronized void removeAll() {
    areRemoved = true;
    IllegalStateException failure = new IllegalStateException("some meters cannot be removed");
    remove(removals, failure);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }

  /** Whatever a listener of the registry throws, the others are removed. */
  private static void remove(Deque<Runnable> removals, Throwable failure) {
    Runnable removal;
    while ((removal = removals.poll()) != null) {
      try {
        removal.run();
      } catch (RuntimeException e) {
        failure.addSuppressed(e);
      }
    }
  }
}
