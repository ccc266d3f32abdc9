package pool.plugins.example.download;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts must not be asked, and until when. All workers of a factory share one instance.
 *
 * <p>A host is paused when it asks for that or cannot be reached. Meanwhile no request to it
 * starts, and the jobs of other hosts go on. A job that meets a pause is put off, which costs it a
 * retry although nothing was requested. Two rules keep jobs from running out of retries while a
 * host allows only so many requests per minute:
 *
 * <ul>
 *   <li>Jobs that were put off do not come back together. Each gets a turn after the pause, one
 *       after the other, at the rate at which requests were sent from the end of the last pause to
 *       the end of this one. A turn that was given stays taken, even when the next pause begins.
 *   <li>A job that comes in the last seconds of a pause waits in its worker for the end, as long as
 *       at most half of the workers do so.
 * </ul>
 *
 * <p>The rate is a guess from few samples, and some of the requests were refused. So a turn is half
 * as long again as measured, but no longer than a second, or a quarter of a second while the host
 * has answered nothing. No turn is later than {@code max-wait} after the pause.
 */
final class HostPauses {

  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
  private static final int MOST_DOUBLINGS = 6; // about a minute
  private static final Duration LONGEST_PAUSE = Duration.ofDays(1); // a longer one is cut to this

  private static final double TURN_MARGIN = 1.5;
  private static final long LONGEST_TURN = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_GUESS = Duration.ofMillis(250).toNanos();
  private static final long IDLE = Duration.ofSeconds(1).toNanos(); // says nothing about the rate
  private static final Duration LONGEST_WAIT_IN_WORKER = Duration.ofSeconds(5);

  private static final int REMEMBERED = 10_000; // beyond this number, idle hosts are forgotten

  /**
   * A pause that a request meets.
   *
   * @param remaining the time until the host may be asked again; more than 0
   * @param reason why the host is paused
   */
  record Pause(Duration remaining, DownloadFailedException reason) {}

  private final LongSupplier clock; // nanoseconds

  // Guarded by this object's monitor:
  private final Map<String, Host> hosts = new HashMap<>(); // by scheme and authority
  private int nextSweep = REMEMBERED; // sweep at this number of hosts
  private int workers;
  private int waiting; // workers that wait for the end of a pause

  HostPauses(LongSupplier clock) {
    this.clock = clock;
  }

  /** A worker begins to use this; at most half of the workers wait. */
  synchronized void join() {
    workers++;
  }

  /** A worker no longer uses this. */
  synchronized void leave() {
    workers--;
  }

  /** Returns the pause that prevents a request; null when there is none. */
  synchronized @Nullable Pause pauseOf(Address place) {
    return host(place).pause(clock.getAsLong());
  }

  /** A request is about to be sent. */
  synchronized void sending(Address place) {
    host(place).sending(clock.getAsLong());
  }

  /**
   * Returns whether the worker may wait for the end of a pause; it must then call {@link #endWait}.
   *
   * @param remaining the remaining time of the pause
   */
  synchronized boolean beginWait(Duration remaining) {
    if (remaining.compareTo(LONGEST_WAIT_IN_WORKER) > 0 || waiting >= workers / 2) {
      return false;
    }
    waiting++;
    return true;
  }

  /** A wait that {@link #beginWait} allowed has ended. */
  synchronized void endWait() {
    waiting--;
  }

  /**
   * Returns after what time a job that has met a pause is to come back.
   *
   * @param latest the latest turn after the end of the pause
   */
  synchronized Duration turn(Address place, Duration latest) {
    return Duration.ofNanos(host(place).turn(clock.getAsLong(), nanos(latest)));
  }

  /** The host has answered, and would accept another request. */
  synchronized void answered(Address place) {
    host(place).answered();
  }

  /**
   * Pauses a host.
   *
   * @param asked how long the host asked to wait; null or zero for a back-off that doubles until
   *     the host answers
   */
  synchronized Pause pause(
      Address place, @Nullable Duration asked, DownloadFailedException reason) {
    long now = clock.getAsLong();
    Host host = host(place);
    host.pause(now, asked == null ? 0 : nanos(asked), reason);
    return new Pause(Duration.ofNanos(host.pauseEnd - now), reason);
  }

  /** Returns how long one request waits that has failed, although others may succeed. */
  synchronized Duration backOff(Address place) {
    long nanos = host(place).backOff(clock.getAsLong());
    return Duration.ofNanos(Math.max(nanos, FIRST_BACK_OFF.toNanos()));
  }

  /** Converts to nanoseconds; a time that is too long to wait for becomes the longest pause. */
  private static long nanos(Duration time) {
    return (time.compareTo(LONGEST_PAUSE) < 0 ? time : LONGEST_PAUSE).toNanos();
  }

  /** Returns how many hosts are in memory. */
  synchronized int remembered() {
    return hosts.size();
  }

  private Host host(Address place) {
    long now = clock.getAsLong();
    if (hosts.size() >= nextSweep) {
      hosts.values().removeIf(host -> host.isAtRest(now));
      nextSweep = Math.max(REMEMBERED, 2 * hosts.size());
    }
    String key = place.uri().getScheme() + "://" + place.uri().getRawAuthority();
    return hosts.computeIfAbsent(key, _ -> new Host(now));
  }

  /** What is known about a host. Times are those of the clock, which may overflow. */
  private static final class Host {

    private long lastSent;
    private long measuredSince;
    private int sent; // since measuredSince
    private boolean answered; // since measuredSince
    private int failures; // in a row
    private long backOffEnd; // of the last failure
    private long pauseEnd;
    private long nextTurn;
    private long turnLength; // 0 until it was measured
    private @Nullable DownloadFailedException reason; // null if it was never paused

    Host(long now) {
      lastSent = now;
      measuredSince = now;
      backOffEnd = now;
      pauseEnd = now;
      nextTurn = now;
    }

    private boolean isPaused(long now) {
      return now - pauseEnd < 0;
    }

    @Nullable Pause pause(long now) {
      return reason != null && isPaused(now)
          ? new Pause(Duration.ofNanos(pauseEnd - now), reason)
          : null;
    }

    void sending(long now) {
      if (now - lastSent > IDLE) {
        measureFrom(now);
      }
      lastSent = now;
      sent++;
    }

    private void measureFrom(long begin) {
      measuredSince = begin;
      sent = 0;
      answered = false;
    }

    void answered() {
      answered = true;
      failures = 0;
    }

    /** Counts requests that were under way together as one failure. */
    long backOff(long now) {
      if (now - backOffEnd >= 0) {
        backOffEnd = now + (FIRST_BACK_OFF.toNanos() << Math.min(failures, MOST_DOUBLINGS));
        failures++;
      }
      return backOffEnd - now;
    }

    void pause(long now, long asked, DownloadFailedException why) {
      long end = now + (asked > 0 ? asked : backOff(now));
      if (!isPaused(now)) {
        measureTurn(end);
        nextTurn = later(nextTurn, end);
        measureFrom(end);
      }
      reason = why;
      pauseEnd = later(pauseEnd, end);
      measuredSince = pauseEnd; // keeps answers to requests that were under way
    }

    private void measureTurn(long end) {
      if (sent > 0) {
        long measured = (long) (TURN_MARGIN * (end - measuredSince) / sent);
        turnLength = Math.min(measured, answered ? LONGEST_TURN : LONGEST_GUESS);
      }
    }

    long turn(long now, long latest) {
      long turn = later(nextTurn, later(pauseEnd, now));
      if (turn - pauseEnd > latest) {
        turn = later(pauseEnd + latest, now);
      } else {
        nextTurn = turn + turnLength;
      }
      return turn - now;
    }

    private static long later(long one, long other) {
      return one - other > 0 ? one : other;
    }

    boolean isAtRest(long now) {
      return !isPaused(now) && now - nextTurn >= 0 && now - backOffEnd >= 0;
    }
  }
}
