package pool.testkit;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;

/**
 * What is to go wrong with the workers of a factory: the n-th call of a kind throws, hangs, or
 * breaks its worker.
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
 * <p>Calls are counted from 1, over all workers of a factory; a batch is one. A fault comes instead
 * of the call, but a worker is closed whatever its {@code close} is to do, and what hangs does the
 * call when it is released.
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

  /** What happens there. */
  @FunctionalInterface
  interface Fault {
    void strike(FaultyFactory<?, ?> factory, Place place) throws Exception;
  }

  private final Map<Place, Fault> faults;

  private Faults(Map<Place, Fault> faults) {
    this.faults = Map.copyOf(faults);
  }

  /**
   * The beginning of a plan.
   *
   * @return nothing goes wrong
   */
  public static Faults none() {
    return NONE;
  }

  /**
   * Lets a call throw.
   *
   * @param what the kind of call, not {@code CANCEL}
   * @param nth which, from 1
   * @param failure makes what is thrown, an exception or an error, when the call comes
   * @return these faults and this one
   * @throws IllegalArgumentException when the place is out of range, or has a fault
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
   * Lets a call hang until {@link FaultyFactory#release}, or until it is interrupted: then it
   * throws {@code InterruptedException}.
   *
   * @param what the kind of call, not {@code CANCEL}
   * @param nth which, from 1
   * @return these faults and this one
   * @throws IllegalArgumentException when the place is out of range, or has a fault
   */
  public Faults hanging(WorkerCall what, int nth) {
    return with(new Place(what, nth), (factory, _) -> factory.hang());
  }

  /**
   * Lets a call throw {@link WorkerBrokenException}.
   *
   * @param what the kind of call, not {@code CANCEL}
   * @param nth which, from 1
   * @return these faults and this one
   * @throws IllegalArgumentException when the place is out of range, or has a fault
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
   * Puts these faults into a factory.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param factory what opens the workers
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
