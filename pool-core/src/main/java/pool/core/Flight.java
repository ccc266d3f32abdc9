package pool.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way to the flight recorder, which does nothing where module {@code jdk.jfr} is not: only then
 * are {@link FlightEvents} loaded. It is there when the application or a start option such as
 * {@code -XX:StartFlightRecording} asks for it.
 */
final class Flight {

  private static final boolean IS_THERE = canBeRead();

  private Flight() {}

  private static boolean canBeRead() {
    Optional<Module> recorder = ModuleLayer.boot().findModule("jdk.jfr");
    return recorder.isPresent() && Flight.class.getModule().canRead(recorder.get());
  }

  static void stateIs(String pool, PoolState state) {
    if (IS_THERE) {
      FlightEvents.stateIs(pool, state);
    }
  }

  static void queueIsFull(String pool) {
    if (IS_THERE) {
      FlightEvents.queueIsFull(pool);
    }
  }

  /** The event that begins; null when there is none, as for the next three. */
  static @Nullable Object opens(String pool, String worker) {
    return IS_THERE ? FlightEvents.opens(pool, worker) : null;
  }

  static @Nullable Object finishes(String pool, String worker) {
    return IS_THERE ? FlightEvents.finishes(pool, worker) : null;
  }

  static @Nullable Object closes(String pool, String worker) {
    return IS_THERE ? FlightEvents.closes(pool, worker) : null;
  }

  static @Nullable Object runs(String pool, String worker) {
    return IS_THERE ? FlightEvents.runs(pool, worker) : null;
  }

  static void notOpened(String pool, String worker, Throwable cause) {
    if (IS_THERE) {
      FlightEvents.notOpened(pool, worker, cause);
    }
  }

  static void broke(String pool, String worker, Throwable cause) {
    if (IS_THERE) {
      FlightEvents.broke(pool, worker, cause);
    }
  }

  static void replaces(String pool, String worker, int slot, ReplaceReason why, int number) {
    if (IS_THERE) {
      FlightEvents.replaces(pool, worker, slot, why, number);
    }
  }

  static boolean recordsAbandonments() {
    return IS_THERE && FlightEvents.recordsAbandonments();
  }

  /** When they are recorded, on a thread that has time. */
  static void abandoned(String pool, CloseReport.Abandoned abandoned) {
    FlightEvents.abandoned(pool, abandoned);
  }

  static boolean recordsJobs() {
    return IS_THERE && FlightEvents.recordsJobs();
  }

  static void end(Object event) {
    FlightEvents.end(event);
  }

  /** It has ended; more is told of it later. */
  static void stop(Object event) {
    FlightEvents.stop(event);
  }

  static void ran(Object event, PoolEvents.Ran run) {
    FlightEvents.ran(event, run);
  }
}
