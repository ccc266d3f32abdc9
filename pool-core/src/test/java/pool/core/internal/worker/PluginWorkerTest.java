package pool.core.internal.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.CloseReport;
import pool.core.TestSettings;
import pool.core.internal.discovery.OptionValues;
import pool.core.internal.life.Base;
import pool.core.internal.life.Counts;
import pool.core.internal.worker.NotingWorker.Hook;
import pool.core.internal.worker.WorkerPhase.Phase;

/** The calls of one worker, on the thread of the test. */
@Timeout(60)
class PluginWorkerTest {

  private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();

  private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
  private final IllegalStateException bad = new IllegalStateException("bad");
  private final NotingWorker worker = new NotingWorker();
  private final Base base = Base.of(TestSettings.with(builder -> builder.minOpen(0)), () -> true);
  private final WorkerPhase phase = new WorkerPhase(base, Thread.ofPlatform().unstarted(() -> {}));
  private final PluginWorker<String, String> plugin = new PluginWorker<>(base, phase, "echo-3", 3);
  private Hook onOpen = () -> {};
  private boolean opensNone;

  @AfterEach
  void leaveNothingOnTheThread() {
    Thread.currentThread().setContextClassLoader(loader);
    assertFalse(Thread.interrupted());
  }

  private void open(@Nullable Map<String, Object> values) throws Exception {
    WorkerSource<String, String> source =
        new WorkerSource<>(
            WorkerFactory.of("echo", String.class, String.class, this::made),
            OptionValues.NONE,
            Map.of("n", () -> 1),
            PLATFORM);
    PoolContext context = new PoolContext(base, "echo-3", 3, source);
    assertSame(worker, plugin.open(context, source, values));
  }

  @SuppressWarnings("NullAway") // as a factory may do that nobody checks
  private Worker<String, String> made(WorkerContext context) throws Exception {
    worker.note("open with " + ((PoolContext) context).values());
    AutoCloseable _ = context.own(worker.owned());
    onOpen.run();
    return opensNone ? null : worker;
  }

  private void open() throws Exception {
    open(null);
    worker.calls.clear();
  }

  private void underLock(Runnable action) {
    try (var _ = base.hold()) {
      action.run();
    }
  }

  private void stop() {
    underLock(() -> {
      boolean _ = base.life().beginClosing();
      boolean _ = base.life().stop();
    });
  }

  private CloseReport report() {
    return base.report().report(new Counts(0, 0, 0, 0, 0, 0, 0), Duration.ZERO);
  }

  private List<String> failures() {
    return report().closeFailures().stream()
        .map(failure -> failure.worker() + ": " + failure.cause().getMessage())
        .toList();
  }

  private static void interrupt() {
    Thread.currentThread().interrupt();
  }

  private void called(String... expected) {
    assertEquals(List.of(expected), worker.calls);
  }

  @Test
  void thereIsOneFromItsOpeningUntilItCloses() throws Exception {
    assertFalse(plugin.exists());
    open();
    assertTrue(plugin.exists());
    worker.onClose = () -> assertFalse(plugin.exists());
    plugin.close();
    assertFalse(plugin.exists());
    assertEquals(List.of(), failures());
  }

  @Test
  void itOpensWithItsOptionsInItsClassLoaderAndWithoutAFlagFromOutside() throws Exception {
    onOpen = () -> assertSame(PLATFORM, Thread.currentThread().getContextClassLoader());
    interrupt();
    open(null);
    called("open with {n=1}");
  }

  @Test
  void itMayHaveTheOptionsOfAnother() throws Exception {
    open(Map.of("n", 2));
    called("open with {n=2}");
  }

  @Test
  void whatAWorkerOwnsIsClosedWhenItCannotBeOpened() {
    onOpen =
        () -> {
          interrupt();
          throw bad;
        };
    worker.onCloseOfOwned = PluginWorkerTest::interrupt;
    assertSame(bad, assertThrows(IllegalStateException.class, () -> open(null)));
    called("open with {n=1}", "close owned");
    assertFalse(Thread.currentThread().isInterrupted());
    assertFalse(plugin.exists());
    plugin.close();
    called("open with {n=1}", "close owned");
  }

  @Test
  void aFactoryThatReturnsNullHasFailed() {
    opensNone = true;
    NullPointerException e = assertThrows(NullPointerException.class, () -> open(null));
    assertEquals("the factory returned null instead of a worker", e.getMessage());
    called("open with {n=1}", "close owned");
  }

  @Test
  void aPingTellsWhatWasThrown() throws Exception {
    open();
    assertNull(plugin.ping());
    worker.onPing =
        () -> {
          throw bad;
        };
    assertSame(bad, plugin.ping());
    called("ping", "ping");
  }

  @Test
  void itFinishesAndClosesAndSoDoesWhatItOwns() throws Exception {
    open();
    worker.onFinish = () -> assertTrue(phase.is(Phase.FINISHING));
    worker.onClose = () -> assertTrue(phase.is(Phase.CLOSING));
    worker.onCloseOfOwned = worker.onClose;
    plugin.finish();
    plugin.close();
    called("finish", "close", "close owned");
    assertEquals(List.of(), failures());
  }

  @Test
  void noCallFindsTheFlagThatOneBeforeItHasLeft() throws Exception {
    open();
    worker.onFinish = PluginWorkerTest::interrupt;
    worker.onClose = PluginWorkerTest::interrupt;
    worker.onCloseOfOwned = PluginWorkerTest::interrupt;
    interrupt();
    plugin.finish();
    assertFalse(Thread.currentThread().isInterrupted());
    interrupt();
    plugin.close();
    assertFalse(Thread.currentThread().isInterrupted());
    called("finish", "close", "close owned");
  }

  @Test
  void whatFinishingAndClosingThrowIsReportedAndKeepsNothingFromBeingClosed() throws Exception {
    open();
    Hook fails =
        () -> {
          throw bad;
        };
    worker.onFinish = fails;
    worker.onClose = fails;
    worker.onCloseOfOwned = fails;
    plugin.finish();
    plugin.close();
    called("finish", "close", "close owned");
    assertEquals(List.of("echo-3: bad", "echo-3: bad", "echo-3: bad"), failures());
  }

  @Test
  void whatAnAbandonedWorkerThrowsIsTooLateForTheReport() throws Exception {
    open();
    worker.onClose =
        () -> {
          throw bad;
        };
    phase.becomes(Phase.ABANDONED);
    plugin.finish();
    plugin.close();
    called("close", "close owned");
    assertEquals(List.of(), failures());
  }

  @Test
  void whenThePoolIsStoppedNothingFinishes() throws Exception {
    open();
    stop();
    interrupt();
    plugin.finish();
    assertFalse(Thread.currentThread().isInterrupted());
    plugin.close();
    called("close", "close owned");
  }

  @Test
  void itClosesOnceAndSaysHowLongThatTook() throws Exception {
    open();
    Duration[] least = new Duration[1];
    worker.onClose =
        () -> {
          long began = System.nanoTime();
          while (System.nanoTime() - began < 1_000_000) {
            Thread.onSpinWait();
          }
          least[0] = Duration.ofNanos(System.nanoTime() - began);
        };
    plugin.close();
    assertEquals(
        List.of("echo-3"), report().workers().stream().map(each -> each.worker()).toList());
    Duration took = report().workers().getFirst().closing();
    assertTrue(took.compareTo(least[0]) >= 0, took::toString);
    plugin.close();
    called("close", "close owned");
    assertEquals(took, report().workers().getFirst().closing());
  }

  @Test
  void aWorkerThatIsClosedAgainByItsOwnCloseClosesAllOnce() throws Exception {
    open();
    worker.onClose = plugin::close;
    plugin.close();
    called("close", "close owned");
  }
}
