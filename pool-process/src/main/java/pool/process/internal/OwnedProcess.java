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
 * A process that belongs to a worker. Whatever happens, {@link #end} leaves nothing of it; its
 * descendants end with it, as far as the system still knows them.
 *
 * <p>Used by the worker's thread; an interrupt does not shorten its waits.
 */
public final class OwnedProcess {

  private static final Logger LOG = LoggerFactory.getLogger(OwnedProcess.class);

  private static final Duration TO_END = Duration.ofSeconds(5); // after it was killed

  private final Process process;
  private final ProcessOutput output;
  private List<ProcessHandle> descendants = List.of(); // before it was asked to end
  private boolean wasKilled;

  private OwnedProcess(Process process, ProcessOutput output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts a process. Its standard error goes to a log; so does its standard output, if the builder
   * redirects standard error there.
   *
   * @param builder builds the process
   * @param log where the lines go
   * @param worker the worker's name
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
    } catch (Throwable e) { // no thread is available
      Process _ = process.destroyForcibly();
      throw e;
    }
  }

  /**
   * The standard input of the process.
   *
   * @return a stream to write to
   */
  public OutputStream in() {
    return process.getOutputStream();
  }

  /**
   * The standard output of the process, unless something else reads that.
   *
   * @return a stream to read from
   */
  public InputStream out() {
    return process.getInputStream();
  }

  /**
   * The process ID.
   *
   * @return the system's number
   */
  public long pid() {
    return process.pid();
  }

  /**
   * Whether the process has not ended.
   *
   * @return true until it has
   */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Whether the process had to be killed.
   *
   * @return true after it was
   */
  public boolean wasKilled() {
    return wasKilled;
  }

  /**
   * Calls an action on some thread when the process has ended.
   *
   * @param action must not block
   */
  public void onExit(Runnable action) {
    var _ = process.onExit().thenRun(action);
  }

  /** Kills the process and its descendants. Does not wait. */
  public void kill() {
    wasKilled |= process.isAlive();
    List<ProcessHandle> below = below();
    Process _ = process.destroyForcibly();
    kill(below);
  }

  /** Its descendants, as far as the system tells: it may have no descriptor left for that. */
  private List<ProcessHandle> below() {
    try {
      return process.descendants().toList();
    } catch (RuntimeException e) {
      LOG.warn("the descendants of process {} are not known", process.pid(), e);
      return List.of();
    }
  }

  private static void kill(List<ProcessHandle> below) {
    for (ProcessHandle each : below) {
      boolean _ = each.destroyForcibly();
    }
  }

  /** Waits until the process has ended by itself; kills it when that takes too long. */
  public void awaitEnd() {
    if (!ends(TO_END)) {
      kill();
      boolean _ = ends(TO_END);
    }
  }

  /**
   * The exit status of the process, which has ended.
   *
   * @return 128 plus the number of the signal that ended it, if one did
   */
  public int status() {
    return process.exitValue();
  }

  /**
   * Describes for people how the process ended: its status or signal, and its last lines.
   *
   * @return the end of a sentence
   */
  public String ending() {
    return ending("", _ -> true);
  }

  /**
   * Describes how the process ended, with an additional cause.
   *
   * @param cause what else is known, or empty
   * @param isTold which of its last lines to include
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

  /**
   * Notes the descendants before the process is asked to end; afterwards the system forgets them.
   */
  public void noteDescendants() {
    descendants = below();
  }

  /**
   * Leaves nothing of the process: waits, then terminates it, then kills it.
   *
   * @param patience how long it may take to end by itself, after it was asked to; 0 if it was not
   * @param toTerminate how long it may take to end after it was terminated
   * @return whether it ended by itself
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
   * Waits until the process ends; an interrupt does not shorten that.
   *
   * @param time the longest time to wait
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
