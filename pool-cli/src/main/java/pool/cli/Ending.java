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
 * How the command ends ahead of its time: by a signal, by a plugin's {@code System.exit}, for want
 * of memory.
 *
 * <p>The first signal ends what the command is at in order; a second one does so at once, and ends
 * the process after some time whatever else happens; a third one ends it immediately. All of this
 * is done by threads that wait for nobody: the main thread may hang in a pipe that nobody reads or
 * in a plugin's code, with whatever locks.
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

  /** What the command is at. */
  interface Stage {

    /** In a few words, such as "the workers open". */
    String doing();

    /** Begins to end it; does not block. Again only to hasten it. */
    void stop(boolean atOnce);

    /** How long that may take once it is to be at once. */
    Duration patience();

    /** What there is to tell if it cannot end by itself, by lines. */
    default List<String> summary() {
      return List.of();
    }
  }

  /** Nothing is at stake yet, or no more. */
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
  private volatile boolean exitCalled; // by somebody else
  private volatile int status;
  private volatile Stage stage = new Idle("");

  @SuppressWarnings("UnusedVariable") // to let go of it is its use
  private volatile byte @Nullable [] reserve; // for the last words when memory is out

  private volatile @Nullable Thread main;
  private volatile @Nullable Thread memoryWatch;
  private volatile @Nullable Thread memoryWords;
  private volatile boolean lastWords;

  // Under this:
  private boolean atOnce;
  private boolean exits; // the process does, in order

  private Ending() {}

  /** From now on; by the main thread, first of all. */
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
        e.printStackTrace(System.err); // as it would be without this
      }
    });
  }

  // The main thread

  /** Goes on to another stage, which ends at once if the command is to end. */
  void enter(Stage next) {
    synchronized (this) {
      boolean _ = Thread.interrupted(); // by the stop of the stage before
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

  /** The last signal's number, 0 when there was none. */
  int signal() {
    return signal;
  }

  /** Ends the process, with that status unless something else has ended the command. */
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

  // Signals, each on a thread of its own

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

  /** No line was read, or all is told: there is nothing to wait for. */
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

  // Others

  /**
   * Memory is out, whoever noticed: nobody knows what that has done to whom. There may be none for
   * this either, so the first steps need none.
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
      // then without what it was
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

  /** Whether something failed for want of memory. */
  static boolean isNoMemory(@Nullable Throwable e) {
    try {
      Throwable next = e;
      for (int i = 0; i < DEEPEST && next != null; i++, next = next.getCause()) {
        if (next instanceof OutOfMemoryError) {
          return true;
        }
      }
    } catch (Throwable unreadable) {
      // it is a plugin's
    }
    return false;
  }

  /** Ends the command if something failed for want of memory; says whether it did. */
  boolean noticeMemory(Throwable e) {
    boolean isOut = isNoMemory(e);
    if (isOut) {
      outOfMemory(e);
    }
    return isOut;
  }

  /** Its first and its last step need no memory, and those between may fail. */
  private void endWithoutMemory() {
    while (noMemory == null) {
      LockSupport.park(this);
    }
    long patience = 1_000;
    try {
      patience = Math.max(patience, stop(true).toMillis());
    } catch (Throwable e) {
      // for want of memory
    }
    try {
      for (long waited = 0; waited < patience && over.getCount() > 0; waited += 50) {
        Thread.sleep(50);
      }
      if (over.getCount() == 0) {
        Thread.sleep(3_000); // in which the process exits
      }
      lastWords = true;
      LockSupport.unpark(memoryWords);
      Thread.sleep(500);
    } catch (Throwable e) {
      // likewise
    }
    Runtime.getRuntime().halt(Main.OUT_OF_MEMORY);
  }

  /** Apart, since nobody may read standard error. */
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
      // nobody can be told
    }
  }

  /** A shutdown hook: the process exits, and perhaps it was not us. */
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
      // the main thread ends the run
    }
    if (over.getCount() == 0) {
      Runtime.getRuntime().halt(status);
    }
    halt(EXIT_CALLED, Main.FAILED);
  }

  /** Then it will not end the run. */
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
      boolean _ = sleeps(HOOKS); // in which the process exits
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

  /** At once, and with the last words if they can be had. */
  private void halt(@Nullable String why, int how) {
    try {
      List<String> last = new ArrayList<>(stage.summary());
      last.add(String.valueOf(why));
      print(last);
    } finally {
      Runtime.getRuntime().halt(how);
    }
  }

  /** Nobody may read standard error, and whoever writes there may hold its lock. */
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
      return false; // by a stranger
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
