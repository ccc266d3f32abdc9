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
 * <p>Who writes depends on what the output is. To a file, whoever settles a job does, mostly its
 * worker, and no worker begins a job before the outcome of its last one is there (see {@link
 * LineFactory}). So if the process is killed, each worker has at most one job that was run and has
 * no outcome. Any other output may hang for ever, as a pipe does that nobody reads: then only the
 * main thread writes, several outcomes at once if they come faster, and no worker is held up.
 *
 * <p>Nothing is written, and no job begun, after the first failure to write.
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

  // The main thread's; of an output that is no file:
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final List<Settled> waiting = new ArrayList<>();

  /**
   * Writes to an output.
   *
   * @param syncs whether each outcome is to be on the disk before it counts
   * @param room that a line leaves when it has been counted
   */
  Recorder(Output out, boolean syncs, Tally tally, Room room) {
    this.out = out;
    this.syncs = syncs;
    this.tally = tally;
    this.room = room;
  }

  /** Whether whoever settles a job records it, and not the main thread. */
  boolean isAtOnce() {
    return out.isFile();
  }

  /** A job is about to begin. */
  void requireOutput() throws NoOutputException {
    if (failure != null) {
      throw new NoOutputException();
    }
  }

  /** To a file: writes an outcome and counts it. */
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

  /** To anything else, by the main thread: writes an outcome at the next flush, or with it. */
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

  /** Writes what was added, and counts it. */
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

  /** The first line that failed, null when none has. */
  @Nullable Failure firstFailure() {
    return firstFailure;
  }

  /** An outcome cannot even be made. */
  void lose(Line line, Throwable why) {
    fails(
        new IOException(
            "line " + line.number() + " has no outcome: " + Printable.reason(why), why));
    tally.isNotDone();
    room.leave(line.text());
  }

  /** Whether the main thread is in a write, which may last for as long as nobody reads. */
  boolean isFlushing() {
    return isFlushing;
  }

  private synchronized void fails(IOException e) {
    if (failure == null) {
      failure = e;
    }
  }

  /** Why nothing is written any more, null as long as all was. */
  @Nullable IOException failure() {
    return failure;
  }

  private void count(Settled settled, boolean isWritten) {
    Failure why = settled.failure();
    if (!isWritten) {
      tally.isNotDone();
    } else if (why != null) {
      if (firstFailure == null) {
        firstFailure = why; // of two that come together, one
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
