package pool.process.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process that belongs to a worker: whatever happens, {@link #end} leaves nothing of it. What it
 * has started goes with it, as far as the system still tells that it has.
 *
 * <p>Of the worker's thread, on which an interrupt waits until what it does here is done.
 */
public final class OwnedProcess {

  private static final Logger LOG = LoggerFactory.getLogger(OwnedProcess.class);

  private static final Duration TO_END = Duration.ofSeconds(5); // once it was killed

  private final Process process;
  private final ProcessOutput output;
  private List<ProcessHandle> descendants = List.of(); // when it was about to be asked to end
  private boolean wasKilled;

  private OwnedProcess(Process process, ProcessOutput output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts a process. What it prints to standard error, or to both when the builder redirects that,
   * goes to a log.
   *
   * @param builder of the process
   * @param log where the lines go
   * @param worker its name
   * @return the process
   * @throws IOException when the system does not start it
   */
  public static OwnedProcess start(ProcessBuilder builder, Logger log, String worker)
      throws IOException {
    Process process = builder.start();
    try {
      InputStream printed =
          builder.redirectErrorStream() ? process.getInputStream() : process.getErrorStream();
      return new OwnedProcess(process, new ProcessOutput(log, worker, printed));
    } catch (Throwable e) { // no thread can be had
      Process _ = process.destroyForcibly();
      throw e;
    }
  }

  /**
   * Its standard input.
   *
   * @return what is written there
   */
  public OutputStream in() {
    return process.getOutputStream();
  }

  /**
   * Its standard output, unless something else reads that.
   *
   * @return what it writes
   */
  public InputStream out() {
    return process.getInputStream();
  }

  /**
   * Its number.
   *
   * @return as the system has it
   */
  public long pid() {
    return process.pid();
  }

  /**
   * Whether it has not ended.
   *
   * @return true until it has
   */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Whether it had to be killed.
   *
   * @return true once it was
   */
  public boolean wasKilled() {
    return wasKilled;
  }

  /**
   * Calls something once it has ended, on some thread.
   *
   * @param action which must not block
   */
  public void onExit(Runnable action) {
    var _ = process.onExit().thenRun(action);
  }

  /** Kills it, and what it has started. Does not wait. */
  public void kill() {
    wasKilled |= process.isAlive();
    List<ProcessHandle> below = below();
    Process _ = process.destroyForcibly();
    kill(below);
  }

  private List<ProcessHandle> below() {
    return process.descendants().toList();
  }

  private static void kill(List<ProcessHandle> below) {
    for (ProcessHandle each : below) {
      boolean _ = each.destroyForcibly();
    }
  }

  /** Waits until it has ended by itself; kills it when that takes too long. */
  public void awaitEnd() {
    if (!ends(TO_END)) {
      kill();
      boolean _ = ends(TO_END);
    }
  }

  /**
   * Its exit status, once it has ended.
   *
   * @return 128 and the signal's number when one has ended it
   */
  public int status() {
    return process.exitValue();
  }

  /**
   * How it has ended, for people: its status or signal, and its last lines.
   *
   * @return the end of a sentence
   */
  public String ending() {
    return ending("", _ -> true);
  }

  /**
   * How it has ended, with more that is known of that.
   *
   * @param cause what is known besides, or nothing
   * @param isTold which of its last lines are not known already
   * @return the end of a sentence
   */
  public String ending(String cause, Predicate<String> isTold) {
    if (!ends(TO_END)) {
      return "does not end";
    }
    List<String> parts = new ArrayList<>(List.of(ExitStatus.text(process.exitValue())));
    if (!cause.isEmpty()) {
      parts.add(cause);
    }
    List<String> lines = output.lastLines().stream().filter(isTold).toList();
    if (!lines.isEmpty()) {
      parts.add("its last lines: " + String.join(" | ", lines));
    }
    return String.join("; ", parts);
  }

  /** It is asked to end next: of one that has ended, the system does not tell what it started. */
  public void noteDescendants() {
    descendants = below();
  }

  /**
   * Leaves nothing of it: it is terminated, then killed.
   *
   * @param patience how long it may take of itself, since it was asked to end; 0 when it was not
   * @param toTerminate how long it may take once it was terminated
   * @return whether it has ended of itself
   */
  public boolean end(Duration patience, Duration toTerminate) {
    List<ProcessHandle> before = descendants;
    List<ProcessHandle> below = below();
    boolean byItself = ends(patience);
    if (!byItself) {
      process.destroy();
      if (!ends(toTerminate)) {
        kill();
        if (!ends(TO_END)) {
          LOG.warn("process {} was killed, and has not ended", process.pid());
        }
      }
    }
    kill(before);
    kill(below);
    output.awaitEnd();
    return byItself;
  }

  /**
   * Waits for its end; an interrupt does not shorten that.
   *
   * @param time how long at most
   * @return whether it has ended
   */
  public boolean ends(Duration time) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + time.toNanos();
    try {
      while (true) {
        try {
          return process.waitFor(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
