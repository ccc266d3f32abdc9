package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class HostPausesTest {

  private static final Address A = Address.of(URI.create("http://a.example/one"));
  private static final Address SAME_HOST = Address.of(URI.create("HTTP://A.example:80/two"));
  private static final Address OTHER_PORT = Address.of(URI.create("http://a.example:81/"));
  private static final Address B = Address.of(URI.create("http://b.example/one"));
  private static final DownloadFailedException BUSY =
      new DownloadFailedException(429, "HTTP status 429");

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5); // it overflows
  private final HostPauses hosts = new HostPauses(now::get);

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }

  private HostPauses.Pause pause(Address place) {
    HostPauses.Pause pause = hosts.pauseOf(place);
    assertNotNull(pause);
    return pause;
  }

  @Test
  void aPauseHoldsForItsHostOnlyAndEnds() {
    assertNull(hosts.pauseOf(A));
    hosts.pause(A, seconds(2), BUSY);
    assertEquals(seconds(2), pause(SAME_HOST).remaining());
    assertSame(BUSY, pause(A).reason());
    assertNull(hosts.pauseOf(B));
    assertNull(hosts.pauseOf(OTHER_PORT));
    pass(Duration.ofMillis(1_999));
    assertEquals(Duration.ofMillis(1), pause(A).remaining());
    pass(Duration.ofMillis(1));
    assertNull(hosts.pauseOf(A));
  }

  @Test
  void theLaterEndOfTwoPausesHolds() {
    hosts.pause(A, seconds(5), BUSY);
    assertEquals(seconds(5), hosts.pause(A, seconds(1), BUSY).remaining());
    assertEquals(seconds(9), hosts.pause(A, seconds(9), BUSY).remaining());
  }

  @Test
  void aBackOffDoublesUntilTheHostAnswers() {
    for (int doublings = 0; doublings < 10; doublings++) {
      Duration expected = seconds(1L << Math.min(doublings, 6));
      assertEquals(expected, hosts.pause(A, null, BUSY).remaining());
      pass(expected.dividedBy(2));
      assertEquals(expected.dividedBy(2), hosts.pause(A, null, BUSY).remaining(), "sent together");
      pass(expected.dividedBy(2));
    }
    hosts.answered(A);
    assertEquals(seconds(1), hosts.pause(A, null, BUSY).remaining());
  }

  @Test
  void aBackOffOfOneDocumentDoesNotPauseItsHost() {
    assertEquals(seconds(1), hosts.backOff(A));
    assertNull(hosts.pauseOf(A));
  }

  @Test
  void aHostThatAsksForNoTimeIsLeftAloneForAWhileAllTheSame() {
    assertEquals(seconds(1), hosts.pause(A, Duration.ZERO, BUSY).remaining());
    pass(seconds(1));
    assertEquals(seconds(2), hosts.pause(A, Duration.ZERO, BUSY).remaining());
  }

  /** Twenty answers in the first second, and then no more for nine: one each half a second. */
  @Test
  void turnsComeAtTheRateThatTheHostAllowsAndStayTaken() {
    for (int i = 0; i < 20; i++) {
      hosts.sending(A);
      hosts.answered(A);
    }
    pass(seconds(1));
    Duration turn = Duration.ofMillis(750); // half as long again
    hosts.pause(A, seconds(9), BUSY);
    assertEquals(seconds(9), hosts.turn(A, seconds(60)));
    assertEquals(seconds(9).plus(turn), hosts.turn(A, seconds(60)));
    pass(seconds(9));
    hosts.pause(A, seconds(1), BUSY);
    assertEquals(turn.multipliedBy(2), hosts.turn(A, seconds(60)));
    assertEquals(turn.multipliedBy(3), hosts.turn(A, seconds(60)));
    assertEquals(seconds(2), hosts.turn(A, seconds(1)), "no later than that after the pause");
  }

  @Test
  void halfOfTheWorkersWaitForTheEndOfAShortPause() {
    hosts.join();
    assertFalse(hosts.beginWait(seconds(1)), "the only worker");
    for (int i = 0; i < 4; i++) {
      hosts.join();
    }
    assertFalse(hosts.beginWait(seconds(6)), "too long");
    assertTrue(hosts.beginWait(seconds(5)));
    assertTrue(hosts.beginWait(seconds(5)));
    assertFalse(hosts.beginWait(seconds(1)), "the third of five");
    hosts.endWait();
    assertTrue(hosts.beginWait(seconds(1)));
  }

  /** Of a hundred thousand hosts, those that rest are forgotten; those that are paused are not. */
  @Test
  void manyHostsAreNotRememberedForEver() {
    hosts.pause(A, seconds(60), BUSY);
    for (int i = 0; i < 100_000; i++) {
      hosts.answered(Address.of(URI.create("http://host" + i + ".example/")));
    }
    assertEquals(seconds(60), pause(A).remaining());
    assertTrue(hosts.remembered() <= 10_000, () -> hosts.remembered() + " hosts");
  }
}
