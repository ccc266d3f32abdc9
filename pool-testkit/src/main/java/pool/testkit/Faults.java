package pool.testkit;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;

/**
 * Faults to inject into the workers of a factory: the n-th call of a kind throws, hangs, or breaks
 * its worker.
 *
 * {@snippet :
 * Faults faults = Faults.none()
 *     .throwing(WorkerCall.RUN, 3, () -> new IOException("the disk is full"))
 *     .breaking(WorkerCall.RUN, 5)
 *     .hanging(WorkerCall.CLOSE, 1);
 * var faulty = faults.in(new DownloadFactory());
 * try (var pool = WorkerPool.of(faulty).workers(2).open(); faulty) { // what hangs is released first
 *   ...
 * }
 * }
 *
 * <p>Calls are counted from 1, over all workers of a factory; a batch counts as one call. A fault
 * replaces the call, with two exceptions: a worker is closed whatever fault its {@code close} has,
 * and a call that hangs is made once it is released.
 *
 * <p>Immutable.
 */
public final class Faults {

  private static final Faults NONE = new Faults(Map.of());

  /** A call: the n-th of its kind. */
  record Place(WorkerCall what, int nth) {
    @Override
    public String toString() {
      return what + " " + nth;
    }
  }

  /** What happens instead of the call. */
  @FunctionalInterface
  interface Fault {
    void strike(FaultyFactory<?, ?> factory, Place place) throws Exception;
  }

  private final Map<Place, Fault> faults;

  private Faults(Map<Place, Fault> faults) {
    this.faults = Map.copyOf(faults);
  }

  /**
   * Returns a plan without faults, to begin with.
   *
   * @return no faults
   */
  public static Faults none() {
    return NONE;
  }

  /**
   * Makes a call throw.
   *
   * @param what the kind of call, not {@code CANCEL}
   * @param nth which call of that kind, from 1
   * @param failure makes the exception or error when the call comes
   * @return these faults and this one
   * @throws IllegalArgumentException when the call cannot have a fault, or has one already
   */
  public Faults throwing(WorkerCall what, int nth, Supplier<? extends Throwable> failure) {
    Objects.requireNonNull(failure, "failure");
    return with(
        new Place(what, nth),
        (_, place) -> {
          switch (failure.get()) {
            case null -> throw new NullPointerException("the failure of " + place + " is null");
            case Exception e -> throw e;
            case Error e -> throw e;
            case Throwable e ->
                throw new IllegalArgumentException("neither exception nor error", e);
          }
        });
  }

  /**
   * Makes a call hang until {@link FaultyFactory#release}. When its thread is interrupted, the call
   * throws {@code InterruptedException}.
   *
   * @param what the kind of call, not {@code CANCEL}
   * @param nth which call of that kind, from 1
   * @return these faults and this one
   * @throws IllegalArgumentException when the call cannot have a fault, or has one already
   */
  public Faults hanging(WorkerCall what, int nth) {
    return with(new Place(what, nth), (factory, _) -> factory.hang());
  }

  /**
   * Makes a call throw {@link WorkerBrokenException}.
   *
   * @param what the kind of call, not {@code CANCEL}
   * @param nth which call of that kind, from 1
   * @return these faults and this one
   * @throws IllegalArgumentException when the call cannot have a fault, or has one already
   */
  public Faults breaking(WorkerCall what, int nth) {
    return with(
        new Place(what, nth),
        (_, place) -> {
          throw new WorkerBrokenException("broken by Faults at " + place);
        });
  }

  private Faults with(Place place, Fault fault) {
    if (place.what == WorkerCall.CANCEL) {
      throw new IllegalArgumentException("a CANCEL cannot have a fault; choose another call");
    }
    if (place.nth < 1) {
      throw new IllegalArgumentException("calls are counted from 1, but nth was " + place.nth);
    }
    Map<Place, Fault> more = new HashMap<>(faults);
    if (more.put(place, fault) != null) {
      throw new IllegalArgumentException(place + " has a fault already; choose another call");
    }
    return new Faults(more);
  }

  /**
   * Wraps a factory so that its workers have these faults.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param factory opens the workers
   * @return a new factory with the same name, types and options, whose calls are counted from 1
   */
  public <J, R> FaultyFactory<J, R> in(WorkerFactory<J, R> factory) {
    return new FaultyFactory<>(factory, faults);
  }

  @Override
  public String toString() {
    return "Faults" + faults.keySet();
  }
}
