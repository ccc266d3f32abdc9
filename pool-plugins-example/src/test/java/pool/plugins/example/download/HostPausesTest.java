package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
    HostPauses.Pause pause = hosts.of(place);
    assertNotNull(pause);
    return pause;
  }

  @Test
  void aPauseHoldsForItsHostOnlyAndEnds() {
    assertNull(hosts.of(A));
    hosts.pause(A, seconds(2), BUSY);
    assertEquals(seconds(2), pause(SAME_HOST).left());
    assertSame(BUSY, pause(A).reason());
    assertNull(hosts.of(B));
    assertNull(hosts.of(OTHER_PORT));
    pass(Duration.ofMillis(1_999));
    assertEquals(Duration.ofMillis(1), pause(A).left());
    pass(Duration.ofMillis(1));
    assertNull(hosts.of(A));
  }

  @Test
  void theLaterEndOfTwoPausesHolds() {
    hosts.pause(A, seconds(5), BUSY);
    assertEquals(seconds(5), hosts.pause(A, seconds(1), BUSY).left());
    assertEquals(seconds(9), hosts.pause(A, seconds(9), BUSY).left());
  }

  @Test
  void aBackOffDoublesUntilTheHostAnswers() {
    for (int doublings = 0; doublings < 10; doublings++) {
      Duration expected = seconds(1L << Math.min(doublings, 6));
      assertEquals(expected, hosts.pause(A, null, BUSY).left());
      pass(expected.dividedBy(2));
      assertEquals(expected.dividedBy(2), hosts.pause(A, null, BUSY).left(), "sent together");
      pass(expected.dividedBy(2));
    }
    hosts.answered(A);
    assertEquals(seconds(1), hosts.pause(A, null, BUSY).left());
  }

  @Test
  void aBackOffOfOneDocumentDoesNotPauseItsHost() {
    assertEquals(seconds(1), hosts.backOff(A));
    assertNull(hosts.of(A));
  }

  /** Ten requests in the first second, and then no more for nine: one a second. */
  @Test
  void thoseThatArePutOffComeBackAtTheRateThatTheHostAllows() {
    assertNull(hosts.of(A));
    pass(seconds(1));
    for (int i = 0; i < 10; i++) {
      hosts.answered(A);
    }
    assertEquals(seconds(9), hosts.pause(A, seconds(9), BUSY).turn());
    assertEquals(seconds(10), pause(A).turn());
    pass(seconds(1));
    assertEquals(seconds(10), pause(A).turn());
    assertEquals(seconds(11), pause(A).turn());
    pass(seconds(8));
    assertEquals(seconds(9), hosts.pause(A, seconds(9), BUSY).turn());
    assertEquals(seconds(10), pause(A).turn(), "the rate is still known");
  }

  @Test
  void aHostThatAnsweredNothingIsAskedByAllAtOnce() {
    hosts.pause(A, seconds(3), BUSY);
    assertEquals(seconds(3), pause(A).turn());
    assertEquals(seconds(3), pause(A).turn());
  }

  /** Of a hundred thousand hosts, those that rest are forgotten; those that are paused are not. */
  @Test
  void manyHostsAreNotRememberedForEver() {
    hosts.pause(A, seconds(60), BUSY);
    for (int i = 0; i < 100_000; i++) {
      hosts.answered(Address.of(URI.create("http://host" + i + ".example/")));
    }
    assertEquals(seconds(60), pause(A).left());
    assertTrue(hosts.remembered() <= 10_000, () -> hosts.remembered() + " hosts");
  }
}
