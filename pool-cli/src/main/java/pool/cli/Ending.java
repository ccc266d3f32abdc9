package pool.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import pool.process.internal.Signals;

/**
 * How the command ends before its work is done: by a signal, by a plugin's {@code System.exit}, or
 * when memory is out.
 *
 * <p>The first signal ends the current stage in order. A second signal ends it at once, and after
 * some time ends the process in any case. A third signal ends the process immediately. The threads
 * that do all this wait for no other thread, because the main thread may hang in a pipe that nobody
 * reads, or in a plugin's code, and may hold any lock.
 */
final class Ending {

  static final Ending OF_PROCESS = new Ending();

  private static final Duration SILENCE = Duration.ofSeconds(1);
  private static final Duration PRINTING = Duration.ofMillis(500);
  private static final Duration LOOK = Duration.ofMillis(50);
  private static final Duration HOOKS = Duration.ofSeconds(3);
  private static final String PREFIX = "pool: out of memory";
  private static final String OUT_OF_MEMORY =
      PREFIX + "; try fewer --workers, a shorter --queue, or a larger heap";
  private static final String EXIT_CALLED =
      "pool: a plugin called System.exit, which ended the command";
  private static final int DEEPEST = 20; // causes

  /** What the command is doing. */
  interface Stage {

    /** A description in a few words, such as "the workers open". */
    String doing();

    /** Begins to end the stage; does not block. Called again only to hasten it. */
    void stop(boolean atOnce);

    /** How long the stage may take to end once it is to end at once. */
    Duration patience();

    /** What to print, in lines, if the stage cannot end by itself. */
    default List<String> summary() {
      return List.of();
    }
  }

  /** There is nothing to lose yet, or no longer. */
  record Idle(String doing) implements Stage {

    @Override
    public void stop(boolean atOnce) {}

    @Override
    public Duration patience() {
      return Duration.ZERO;
    }
  }

  private final CountDownLatch over = new CountDownLatch(1); // the main thread is about to exit
  private final AtomicInteger signals = new AtomicInteger();
  private volatile int signal;
  private volatile @Nullable String noMemory;
  private volatile boolean exitCalled; // by other code
  private volatile int status;
  private volatile Stage stage = new Idle("");

  @SuppressWarnings("UnusedVariable") // its only use is to be released
  private volatile byte @Nullable [] reserve; // memory for the last words

  private volatile @Nullable Thread main;
  private volatile @Nullable Thread memoryWatch;
  private volatile @Nullable Thread memoryWords;
  private volatile boolean lastWords;

  // Guarded by this object's monitor:
  private boolean atOnce;
  private boolean exits; // the process exits in order

  private Ending() {}

  /** Begins to watch; the main thread calls this first of all. */
  void watch() {
    main = Thread.currentThread();
    reserve = new byte[1 << 18];
    Signals.handle(List.of("INT", "TERM", "HUP"), this::signalled);
    Runtime.getRuntime()
        .addShutdownHook(Thread.ofPlatform().name("ending").unstarted(this::atExit));
    memoryWords =
        Thread.ofPlatform().daemon(true).name("memory-words").start(this::tellWithoutMemory);
    memoryWatch = Thread.ofPlatform().daemon(true).name("memory").start(this::endWithoutMemory);
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
      if (!noticeMemory(e)) {
        System.err.print("Exception in thread \"" + Printable.line(thread.getName()) + "\" ");
        e.printStackTrace(System.err); // as it would be without this handler
      }
    });
  }

  // The main thread

  /** Goes on to another stage, and ends that at once if the command is to end. */
  void enter(Stage next) {
    synchronized (this) {
      boolean _ = Thread.interrupted(); // from stopping the stage before
      stage = next;
      if (isEnding()) {
        next.stop(atOnce);
      }
      if (!exits) {
        return;
      }
    }
    waitForEnd();
  }

  private boolean isEnding() {
    return signal != 0 || exitCalled || noMemory != null;
  }

  /** The number of the last signal, 0 when there was none. */
  int signal() {
    return signal;
  }

  /** Ends the process, with this status unless something else has ended the command. */
  void exit(int ofCommand) {
    String why = null;
    status = ofCommand;
    if (noMemory != null) {
      why = noMemory;
      status = Main.OUT_OF_MEMORY;
    } else if (exitCalled) {
      why = EXIT_CALLED;
      status = Main.FAILED;
    } else if (signal != 0) {
      status = 128 + signal;
    }
    if (why != null) {
      System.err.println(why);
    }
    boolean waits;
    synchronized (this) {
      waits = exitCalled || exits;
      exits = true;
    }
    over.countDown();
    if (waits) {
      waitForEnd();
    }
    System.exit(status);
  }

  private static void waitForEnd() {
    while (true) {
      LockSupport.park();
    }
  }

  // Signals, each on a separate thread

  private void signalled(int number) {
    int count = signals.incrementAndGet();
    signal = number;
    if (count > 2) {
      halt("pool: ended by a third signal", 128 + number);
    }
    Duration patience = stop(count > 1);
    if (patience.isZero()) {
      endIdle(number);
    } else if (count == 1) {
      tellIfSilent();
    } else {
      haltAfter(patience, "pool: ended by a second signal, while ", 128 + number);
    }
  }

  private Duration stop(boolean now) {
    synchronized (this) {
      atOnce |= now;
      stage.stop(atOnce);
      return stage.patience();
    }
  }

  /** Exits: no line was read, or everything is reported, so there is nothing to wait for. */
  private void endIdle(int number) {
    Stage last = stage;
    synchronized (this) {
      if (exits) {
        return;
      }
      exits = true;
    }
    String when = last.doing().isEmpty() ? "" : " while " + last.doing();
    print(List.of("pool: stopped by a signal" + when));
    startHalting(HOOKS, 128 + number);
    System.exit(128 + number);
  }

  private void tellIfSilent() {
    if (!awaitOver(SILENCE)) {
      System.err.println(
          "pool: stopping: waits while " + stage.doing() + "; a second signal ends that");
    }
  }

  // Out of memory, and exits by other code

  /**
   * Ends the command because memory is out; any thread may notice that. What it has damaged is
   * unknown. There may be no memory for this method either, so its first steps need none.
   */
  void outOfMemory(Throwable e) {
    if (noMemory != null) {
      return;
    }
    noMemory = OUT_OF_MEMORY;
    LockSupport.unpark(memoryWatch);
    reserve = null;
    try {
      noMemory =
          "pool: out of memory: " + lastMessage(e) + OUT_OF_MEMORY.substring(PREFIX.length());
    } catch (Throwable again) {
      // then without the message
    }
  }

  private static String lastMessage(Throwable e) {
    Throwable next = e;
    for (int i = 0; i < DEEPEST && next != null; i++, next = next.getCause()) {
      if (next instanceof OutOfMemoryError) {
        String message = next.getMessage();
        return message == null ? "no memory is left" : Printable.line(message);
      }
    }
    return "no memory is left";
  }

  /** Returns whether something failed for lack of memory. */
  static boolean isNoMemory(@Nullable Throwable e) {
    try {
      Throwable next = e;
      for (int i = 0; i < DEEPEST && next != null; i++, next = next.getCause()) {
        if (next instanceof OutOfMemoryError) {
          return true;
        }
      }
    } catch (Throwable unreadable) {
      // a plugin's exception may throw
    }
    return false;
  }

  /** Ends the command if something failed for lack of memory; returns whether it did. */
  boolean noticeMemory(Throwable e) {
    boolean isOut = isNoMemory(e);
    if (isOut) {
      outOfMemory(e);
    }
    return isOut;
  }

  /** Ends the process. The first and the last step need no memory, and the others may fail. */
  private void endWithoutMemory() {
    while (noMemory == null) {
      LockSupport.park(this);
    }
    long patience = 1_000;
    try {
      patience = Math.max(patience, stop(true).toMillis());
    } catch (Throwable e) {
      // for lack of memory
    }
    try {
      for (long waited = 0; waited < patience && over.getCount() > 0; waited += 50) {
        Thread.sleep(50);
      }
      if (over.getCount() == 0) {
        Thread.sleep(3_000); // meanwhile the process exits
      }
      lastWords = true;
      LockSupport.unpark(memoryWords);
      Thread.sleep(500);
    } catch (Throwable e) {
      // for lack of memory
    }
    Runtime.getRuntime().halt(Main.OUT_OF_MEMORY);
  }

  /** Reports on a separate thread, since perhaps nobody reads standard error. */
  private void tellWithoutMemory() {
    FileOutputStream err = new FileOutputStream(FileDescriptor.err);
    byte[] words = (OUT_OF_MEMORY + "\n").getBytes(StandardCharsets.US_ASCII);
    while (!lastWords) {
      LockSupport.park(this);
    }
    try {
      if (over.getCount() > 0) {
        err.write(words, 0, words.length);
      }
    } catch (IOException e) {
      // standard error is closed
    }
  }

  /** A shutdown hook: the process exits, perhaps because other code called exit. */
  private void atExit() {
    synchronized (this) {
      if (exits) {
        return;
      }
      exitCalled = true;
    }
    Duration patience = stop(true);
    long deadline = System.nanoTime() + Math.max(patience.toNanos(), SILENCE.toNanos());
    while (!awaitOver(LOOK) && System.nanoTime() - deadline < 0 && !callsExit(main)) {
      // meanwhile the main thread ends the run
    }
    if (over.getCount() == 0) {
      Runtime.getRuntime().halt(status);
    }
    halt(EXIT_CALLED, Main.FAILED);
  }

  /** Returns whether a thread calls exit; the main thread will then not end the run. */
  private static boolean callsExit(@Nullable Thread thread) {
    return thread != null
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(frame ->
                frame.getClassName().equals(Runtime.class.getName())
                    && frame.getMethodName().equals("exit"));
  }

  // The end

  private void haltAfter(Duration patience, String why, int how) {
    if (awaitOver(patience)) {
      boolean _ = sleeps(HOOKS); // meanwhile the process exits
    }
    halt(why + stage.doing(), how);
  }

  private static void startHalting(Duration after, int how) {
    Thread.ofPlatform()
        .daemon(true)
        .name("halt")
        .start(() -> {
          boolean _ = sleeps(after);
          Runtime.getRuntime().halt(how);
        });
  }

  /** Ends the process at once, with some last words if possible. */
  private void halt(@Nullable String why, int how) {
    try {
      List<String> last = new ArrayList<>(stage.summary());
      last.add(String.valueOf(why));
      print(last);
    } finally {
      Runtime.getRuntime().halt(how);
    }
  }

  /**
   * Prints on a separate thread: perhaps nobody reads standard error, and a thread that writes
   * there may hold its lock.
   */
  private static void print(List<String> lines) {
    PrintStream err = System.err;
    try {
      Thread printer =
          Thread.ofPlatform()
              .daemon(true)
              .name("last-words")
              .start(() -> lines.forEach(err::println));
      boolean _ = printer.join(PRINTING);
    } catch (Throwable e) {
      // there are no last words
    }
  }

  private boolean awaitOver(Duration limit) {
    try {
      return over.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      return false; // by unknown code
    }
  }

  private static boolean sleeps(Duration time) {
    try {
      Thread.sleep(time);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }
}
