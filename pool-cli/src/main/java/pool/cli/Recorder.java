package pool.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pool.cli.outcome.Outcome;

/**
 * Writes outcomes, and counts each once it is written.
 *
 * <p>Which thread writes depends on the output. To a file, the thread that settles a job writes,
 * normally its worker, and no worker begins a job before the outcome of its last one is written
 * (see {@link LineFactory}). So if the process is killed, each worker has at most one job that ran
 * and has no outcome. Any other output may block for ever, as a pipe does that nobody reads. Then
 * only the main thread writes, several outcomes at once if they come fast, and no worker is held
 * up.
 *
 * <p>After the first failure to write, nothing more is written, and no job begins.
 */
final class Recorder {

  private static final int MOST_WAITING = 1 << 16; // bytes

  private final Output out;
  private final boolean syncs;
  private final Tally tally;
  private final Room room;
  private volatile @Nullable IOException failure;
  private volatile @Nullable Failure firstFailure;
  private volatile boolean isFlushing;

  // Used by the main thread, for an output that is not a file:
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final List<Settled> waiting = new ArrayList<>();

  /**
   * Writes to an output.
   *
   * @param syncs whether each outcome must be on the disk before it counts
   * @param room the room for lines, which a line leaves when it is counted
   */
  Recorder(Output out, boolean syncs, Tally tally, Room room) {
    this.out = out;
    this.syncs = syncs;
    this.tally = tally;
    this.room = room;
  }

  /** Returns whether the thread that settles a job also records it. */
  boolean isAtOnce() {
    return out.isFile();
  }

  /** Called before a job begins. */
  void requireOutput() throws NoOutputException {
    if (failure != null) {
      throw new NoOutputException();
    }
  }

  /** For a file: writes an outcome and counts it. */
  void record(Settled settled) {
    count(settled, write(settled));
  }

  private boolean write(Settled settled) {
    if (failure != null) {
      return false;
    }
    try {
      settled.text().writeTo(out); // in one call
      if (syncs) {
        out.sync();
      }
      return true;
    } catch (IOException e) {
      fails(e);
      return false;
    }
  }

  /** For any other output, on the main thread: adds an outcome to those to write next. */
  void add(Settled settled) {
    try {
      settled.text().writeTo(text);
    } catch (IOException e) {
      throw new IllegalStateException("in memory", e);
    }
    waiting.add(settled);
    if (text.size() >= MOST_WAITING) {
      flush();
    }
  }

  /** Writes the outcomes that were added, and counts them. */
  void flush() {
    if (waiting.isEmpty()) {
      return;
    }
    isFlushing = true;
    boolean isWritten = false;
    try {
      if (failure == null) {
        text.writeTo(out);
        isWritten = true;
      }
    } catch (IOException e) {
      fails(e);
    } finally {
      isFlushing = false;
    }
    for (Settled settled : waiting) {
      count(settled, isWritten);
    }
    waiting.clear();
    text.reset();
  }

  /** The first line that failed, null when there is none. */
  @Nullable Failure firstFailure() {
    return firstFailure;
  }

  /** Gives up a line whose outcome cannot even be made. */
  void lose(Line line, Throwable why) {
    fails(
        new IOException(
            "line " + line.number() + " has no outcome: " + Printable.reason(why), why));
    tally.isNotDone();
    room.leave(line.text());
  }

  /** Returns whether the main thread is in a write, which may block while nobody reads. */
  boolean isFlushing() {
    return isFlushing;
  }

  private synchronized void fails(IOException e) {
    if (failure == null) {
      failure = e;
    }
  }

  /** Why nothing more is written; null while there was no failure. */
  @Nullable IOException failure() {
    return failure;
  }

  private void count(Settled settled, boolean isWritten) {
    Failure why = settled.failure();
    if (!isWritten) {
      tally.isNotDone();
    } else if (why != null) {
      if (firstFailure == null) {
        firstFailure = why; // of two at the same time, either
      }
      tally.fails(why);
    } else if (settled.outcome() == Outcome.SUCCEEDED) {
      tally.succeeds();
    } else {
      tally.isNotDone();
    }
    room.leave(settled.line().text());
  }
}
