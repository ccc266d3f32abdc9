package pool.core;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import pool.api.Worker;
import pool.api.WorkerFactory;

/** What a pool does where threads are few; run by {@link FewThreadsTest}. */
final class FewThreadsProgram {

  private static final AtomicInteger OPEN = new AtomicInteger();
  private static final int PINS = 7; // the job that does

  private FewThreadsProgram() {}

  @SuppressWarnings("try")
  private static final class Counted implements Worker<Integer, Integer> {
    Counted() {
      OPEN.incrementAndGet();
    }

    @Override
    public Integer run(Integer job) throws Exception {
      if (job % 100 == 0) {
        Thread.sleep(1); // so that it gives up its carrier
      }
      if (job == PINS && !PinsItself.IS_DONE) {
        throw new IllegalStateException("not initialized");
      }
      return job + 1;
    }

    @Override
    public void close() {
      OPEN.decrementAndGet();
    }
  }

  public static void main(String[] args) throws Exception {
    WorkerPool.Builder<Integer, Integer> builder =
        WorkerPool.of(WorkerFactory.of("few", Integer.class, Integer.class, _ -> new Counted()));
    if (args[0].equals("platform")) {
      withoutThreads(builder.threads(ThreadKind.PLATFORM).workers(64));
    } else {
      onOneCarrier(builder.threads(ThreadKind.VIRTUAL).workers(50).queueCapacity(20));
    }
  }

  private static void withoutThreads(WorkerPool.Builder<Integer, Integer> builder) {
    try (var pool = builder.open()) {
      System.out.println("opened " + pool);
    } catch (OpenFailedException e) {
      System.out.println("failed " + e.getCause());
    }
    System.out.println("open " + OPEN.get());
    System.out.println(
        "threads "
            + Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("few-"))
                .count());
  }

  private static void onOneCarrier(WorkerPool.Builder<Integer, Integer> builder) throws Exception {
    Path file = Files.createTempFile("pinned", ".jfr");
    try (Recording recording = new Recording()) {
      recording.enable("jdk.VirtualThreadPinned").withoutThreshold().withStackTrace();
      recording.start();
      work(builder);
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> pinned =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().equals("jdk.VirtualThreadPinned"))
            .filter(FewThreadsProgram::isThePools)
            .toList();
    for (RecordedEvent event : pinned) {
      boolean isMeant = frames(event).anyMatch(frame -> type(frame).endsWith("PinsItself"));
      System.out.println((isMeant ? "seen" : "pinned " + event));
    }
    System.out.println("open " + OPEN.get());
    Files.delete(file);
  }

  /**
   * Whether the pool waited while it pinned its thread. The JVM pins it as well: where a thread
   * first meets a call site, a class, or a class of JFR events, the JVM links, initializes, or
   * registers it below a native frame, and waits there while another thread does the like. The
   * frames of that are above the pool's own.
   */
  private static boolean isThePools(RecordedEvent event) {
    return !String.valueOf(event.getString("blockingOperation")).contains("initialization of ")
        && frames(event).anyMatch(frame -> isOurs(frame) && !type(frame).contains("FewThreads"))
        && frames(event).takeWhile(frame -> !isOurs(frame)).noneMatch(FewThreadsProgram::isTheJvms);
  }

  /** From the innermost on. */
  private static Stream<RecordedFrame> frames(RecordedEvent event) {
    return event.getStackTrace() == null
        ? Stream.empty()
        : event.getStackTrace().getFrames().stream();
  }

  private static String type(RecordedFrame frame) {
    return frame.getMethod().getType().getName();
  }

  private static boolean isOurs(RecordedFrame frame) {
    return type(frame).startsWith("pool.core.");
  }

  private static boolean isTheJvms(RecordedFrame frame) {
    return type(frame).startsWith("java.lang.invoke.")
        || type(frame).startsWith("jdk.internal.loader.")
        || type(frame).startsWith("jdk.jfr.")
        || type(frame).equals("java.lang.ClassLoader")
        || frame.getMethod().getName().equals("<clinit>");
  }

  /** Waits below a native frame, so that the test knows that a pin is seen. */
  private static final class PinsItself {
    static final boolean IS_DONE;

    static {
      LockSupport.parkNanos(1_000_000);
      IS_DONE = true;
    }
  }

  /** All ways to wait for a pool, from virtual threads that share the carrier with it. */
  private static void work(WorkerPool.Builder<Integer, Integer> builder) throws Exception {
    try (var pool = builder.open()) {
      List<Integer> jobs = IntStream.range(0, 1_000).boxed().toList();
      Thread[] owners = {
        Thread.startVirtualThread(() -> {
          System.out.println("map " + pool.map(jobs).size());
        }),
        Thread.startVirtualThread(() -> {
          Stream<Integer> results = pool.stream(jobs.stream());
          System.out.println("stream " + results.count());
        }),
        Thread.startVirtualThread(() -> {
          List<CompletableFuture<Integer>> futures = jobs.stream().map(pool::submit).toList();
          futures.getLast().cancel(true);
          futures.forEach(future -> future.handle((_, _) -> future).join());
          System.out.println("submit " + futures.stream().filter(Future::isDone).count());
        })
      };
      for (Thread owner : owners) {
        owner.join();
      }
    }
  }
}
