package pool.plugins.example.download;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts are to be left alone, and until when. The workers share it.
 *
 * <p>A host is paused when it says so or cannot be reached. Meanwhile no request to it starts, and
 * the jobs of other hosts go on. If all that were put off came back at once, a host that allows so
 * many requests a minute would refuse most of them again, until they have no retries left. So each
 * gets a turn of its own, at the rate at which the host has answered so far, the pause included.
 */
final class HostPauses {

  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
  private static final int MOST_DOUBLINGS = 6; // about a minute
  private static final long LONGEST_TURN = Duration.ofMinutes(1).toNanos();
  private static final int REMEMBERED = 10_000; // more hosts than that are forgotten when they rest

  /**
   * A pause that a request meets.
   *
   * @param left until the host may be asked again; more than 0
   * @param turn when this job is to come back; not less than that
   * @param reason why the host is paused
   */
  record Pause(Duration left, Duration turn, DownloadFailedException reason) {}

  private final LongSupplier clock; // nanoseconds
  private final Map<String, Host> hosts = new HashMap<>(); // by scheme and authority; guards itself

  /** All that is known of a host. */
  private static final class Host {

    long cycleBegin; // the first request, or the end of the last pause
    int answers; // since then
    int failures; // in a row
    long backOffEnd; // of the last one
    long pauseEnd;
    long nextTurn; // for the next job that is put off
    long turnLength;
    @Nullable DownloadFailedException reason; // null when it was never paused

    Host(long now) {
      cycleBegin = now;
      backOffEnd = now;
      pauseEnd = now;
      nextTurn = now;
    }

    /** Those that fail together, as they were sent together, fail once. */
    long backOff(long now) {
      if (now - backOffEnd >= 0) {
        backOffEnd = now + (FIRST_BACK_OFF.toNanos() << Math.min(failures, MOST_DOUBLINGS));
        failures++;
      }
      return backOffEnd - now;
    }

    void pause(long now, long nanos, DownloadFailedException why) {
      long end = now + nanos;
      if (!isPaused(now)) {
        if (answers > 0) {
          turnLength = Math.min((end - cycleBegin) / answers, LONGEST_TURN);
        }
        answers = 0;
        nextTurn = end;
      }
      reason = why;
      pauseEnd = end - pauseEnd > 0 ? end : pauseEnd;
      cycleBegin = pauseEnd;
    }

    boolean isPaused(long now) {
      return now - pauseEnd < 0;
    }

    /** For a job that meets the pause. */
    Pause turn(long now, DownloadFailedException why) {
      long turn = nextTurn - pauseEnd > 0 ? nextTurn : pauseEnd;
      nextTurn = turn + turnLength;
      return new Pause(Duration.ofNanos(pauseEnd - now), Duration.ofNanos(turn - now), why);
    }

    boolean isAtRest(long now) {
      return !isPaused(now) && now - nextTurn >= 0 && now - backOffEnd >= 0;
    }
  }

  HostPauses(LongSupplier clock) {
    this.clock = clock;
  }

  /** What keeps a request from being sent; null when nothing does. */
  @Nullable Pause of(Address place) {
    synchronized (hosts) {
      long now = clock.getAsLong();
      Host host = host(place, now);
      DownloadFailedException reason = host.reason;
      return reason != null && host.isPaused(now) ? host.turn(now, reason) : null;
    }
  }

  /** The host has answered, and would answer another request. */
  void answered(Address place) {
    synchronized (hosts) {
      Host host = host(place, clock.getAsLong());
      host.answers++;
      host.failures = 0;
    }
  }

  /**
   * Pauses a host.
   *
   * @param asked how long it says; null for a back-off that doubles until it answers
   */
  Pause pause(Address place, @Nullable Duration asked, DownloadFailedException reason) {
    synchronized (hosts) {
      long now = clock.getAsLong();
      Host host = host(place, now);
      host.pause(now, Math.max(1, asked == null ? host.backOff(now) : asked.toNanos()), reason);
      return host.turn(now, reason);
    }
  }

  /** How long one request waits that has failed where others may succeed. */
  Duration backOff(Address place) {
    synchronized (hosts) {
      long now = clock.getAsLong();
      return Duration.ofNanos(host(place, now).backOff(now));
    }
  }

  /** How many hosts take memory. */
  int remembered() {
    synchronized (hosts) {
      return hosts.size();
    }
  }

  private Host host(Address place, long now) {
    String key = place.uri().getScheme() + "://" + place.uri().getRawAuthority();
    if (hosts.size() >= REMEMBERED && !hosts.containsKey(key)) {
      hosts.values().removeIf(host -> host.isAtRest(now));
    }
    return hosts.computeIfAbsent(key, _ -> new Host(now));
  }
}
