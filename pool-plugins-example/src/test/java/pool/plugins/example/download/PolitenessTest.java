package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Hosts that allow only so much, in simulated time: sixteen workers, three retries, the pool's
 * jitter, and the rules of {@link HostPauses}. What counts is that no document runs out of retries,
 * and that nobody waits for hours.
 */
class PolitenessTest {

  private static final int WORKERS = 16;
  private static final int RETRIES = 3;
  private static final Duration MAX_WAIT = Duration.ofMinutes(10);
  private static final Address HOST = Address.of(URI.create("http://example.org/"));
  private static final DownloadFailedException BUSY =
      new DownloadFailedException(429, "HTTP status 429");

  /** What the host says to a request: 0 for an answer, else how many seconds to wait. */
  private interface Server {
    int ask(int document, double now);
  }

  private record Event(double at, int order, Runnable what) {}

  private final Random random = new Random(23);
  private final PriorityQueue<Event> events =
      new PriorityQueue<>((a, b) -> a.at != b.at ? Double.compare(a.at, b.at) : a.order - b.order);
  private final Deque<Integer> queue = new ArrayDeque<>();
  private double now;
  private int order;
  private final HostPauses hosts = new HostPauses(() -> (long) (now * 1e9));
  private int free = WORKERS;
  private int failed;
  private double lastAnswer;

  private void at(double time, Runnable what) {
    events.add(new Event(time, order++, what));
  }

  /** Runs until all have been answered or have failed. */
  private void download(int documents, Server server) {
    int[] retries = new int[documents];
    for (int i = 0; i < documents; i++) {
      queue.add(i);
    }
    startWorkers(retries, server);
    while (!events.isEmpty()) {
      Event next = events.poll();
      now = next.at;
      next.what.run();
      startWorkers(retries, server);
    }
  }

  private void startWorkers(int[] retries, Server server) {
    while (free > 0 && !queue.isEmpty()) {
      int document = queue.poll();
      HostPauses.Pause pause = hosts.pauseOf(HOST);
      if (pause == null) {
        free--;
        request(document, retries, server);
      } else if (hosts.beginWait(pause.remaining())) {
        free--;
        at(
            now + pause.remaining().toNanos() / 1e9 + 1e-9,
            () -> {
              hosts.endWait();
              free++;
              queue.addFirst(document);
            });
      } else {
        putOff(document, retries);
      }
    }
  }

  private void request(int document, int[] retries, Server server) {
    hosts.sending(HOST);
    int wait = server.ask(document, now);
    at(
        now + 0.01 + random.nextDouble() * 0.02,
        () -> {
          free++;
          if (wait == 0) {
            hosts.answered(HOST);
            lastAnswer = now;
          } else {
            hosts.pause(HOST, Duration.ofSeconds(wait), BUSY);
            putOff(document, retries);
          }
        });
  }

  private void putOff(int document, int[] retries) {
    double delay = hosts.turn(HOST, MAX_WAIT).toNanos() / 1e9;
    if (retries[document]++ == RETRIES) {
      failed++;
    } else {
      at(now + delay * (1 + random.nextDouble() / 10), () -> queue.add(document));
    }
  }

  private PolitenessTest() {
    for (int i = 0; i < WORKERS; i++) {
      hosts.join();
    }
  }

  /** So many a second, and a refusal for a second to all others. */
  private static Server window(int allowed) {
    int[] count = new int[100_000]; // of each second
    return (_, now) -> ++count[(int) now] <= allowed ? 0 : 1;
  }

  @Test
  void tenASecond() {
    download(600, window(10));
    assertEquals(0, failed);
    assertTrue(lastAnswer < 120, () -> lastAnswer + " s");
  }

  @Test
  void eachDocumentIsRefusedOnce() {
    Set<Integer> asked = new HashSet<>();
    download(60, (document, _) -> asked.add(document) ? 1 : 0);
    assertEquals(0, failed);
    assertTrue(lastAnswer < 60, () -> lastAnswer + " s");
  }

  @Test
  void aHostThatIsBusyForAWhile() {
    download(100, (_, now) -> now < 2.5 ? 1 : 0);
    assertEquals(0, failed);
    assertTrue(lastAnswer < 60, () -> lastAnswer + " s");
  }

  /** One refusal says little about the rate. */
  @Test
  void aHostThatRefusesOnceForAMinute() {
    int[] asked = {0};
    download(100, (_, _) -> ++asked[0] == 2 ? 60 : 0);
    assertEquals(0, failed);
    assertTrue(lastAnswer < 200, () -> lastAnswer + " s");
  }

  @Test
  void hoursOfSilenceSayNothingAboutTheRate() {
    download(10, (_, _) -> 0);
    double silence = 5 * 3_600;
    now += silence;
    int[] asked = {0};
    download(1_000, (_, _) -> ++asked[0] == 20 ? 5 : 0);
    assertEquals(0, failed);
    assertTrue(lastAnswer < silence + 600, () -> lastAnswer - silence + " s");
  }
}
