package pool.cli.outcome;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import pool.cli.input.InputLine;

/**
 * What a file of outcomes says about each line of an input: the hash of the line, and its last
 * outcome. Takes six bytes for each line, so ten million lines take 60 MB. Used by one thread at a
 * time.
 */
public final class KnownLines {

  private static final int CHUNK = 1 << 7; // lines

  // Flags in a state, next to the outcome.
  private static final byte OUTCOME = 7;
  private static final byte TWICE = 8; // something followed a success
  private static final byte MARKED = 16;

  private static final int STATES = 5; // none, and one for each outcome

  /** Adjacent lines; a state is 0 if there is no outcome. */
  private static final class Chunk {
    final int[] hashes = new int[CHUNK];
    final byte[] states = new byte[CHUNK];
  }

  private final Map<Long, Chunk> chunks = new HashMap<>();
  private final long[] counts = new long[STATES];
  private long last;
  private long doubles;
  private @Nullable String conflict;

  /** Makes an empty record, for a run without earlier ones. */
  public KnownLines() {}

  /**
   * Adds the next outcome.
   *
   * @param entry the content of its line
   */
  public void add(Entry entry) {
    Chunk chunk = chunks.computeIfAbsent(entry.line() / CHUNK, _ -> new Chunk());
    int at = at(entry.line());
    int before = chunk.states[at];
    last = Math.max(last, entry.line());
    boolean isSettled = before != 0 && outcome(before) == Outcome.SUCCEEDED;
    if (!isSettled) {
      chunk.hashes[at] = entry.hash(); // a line that failed may have been corrected
    } else if (chunk.hashes[at] != entry.hash() && conflict == null) {
      conflict = "it has outcomes of two different lines " + entry.line();
    }
    boolean isTwice = (before & TWICE) != 0;
    if (before != 0) {
      if (isSettled) {
        doubles += isTwice ? 0 : 1;
        chunk.states[at] = (byte) (before | TWICE);
        return;
      }
      counts[before]--;
    }
    byte state = state(entry.outcome());
    counts[state]++;
    chunk.states[at] = state;
  }

  private static byte state(Outcome outcome) {
    return switch (outcome) {
      case SUCCEEDED -> 1;
      case FAILED -> 2;
      case CANCELLED -> 3;
      case NOT_STARTED -> 4;
    };
  }

  private static Outcome outcome(int state) {
    return switch (state & OUTCOME) {
      case 1 -> Outcome.SUCCEEDED;
      case 2 -> Outcome.FAILED;
      case 3 -> Outcome.CANCELLED;
      default -> Outcome.NOT_STARTED;
    };
  }

  /**
   * Returns the outcome of a line.
   *
   * @param line its number, from 1
   * @return success if the line ever succeeded, otherwise its last outcome; null when it has none
   */
  public @Nullable Outcome of(long line) {
    Chunk chunk = chunk(line);
    int state = chunk == null ? 0 : chunk.states[at(line)];
    return state == 0 ? null : outcome(state);
  }

  /**
   * Returns the outcome of a line that was read.
   *
   * @param line a line of the input
   * @return the outcome, as {@link #of(long)} does
   * @throws BadOutcomesException when the outcome belongs to another line
   */
  public @Nullable Outcome of(InputLine line) throws BadOutcomesException {
    if (!isSame(line)) {
      throw new BadOutcomesException(
          "the input has changed: line %d is not what it was when its outcome was written"
              .formatted(line.number()));
    }
    return of(line.number());
  }

  /**
   * Returns whether a line of the input can be the one that an outcome is about.
   *
   * @param line a line of the input
   * @return true also when the line has no outcome
   */
  public boolean isSame(InputLine line) {
    Chunk chunk = chunk(line.number());
    int at = at(line.number());
    return chunk == null || chunk.states[at] == 0 || chunk.hashes[at] == line.hash();
  }

  private @Nullable Chunk chunk(long line) {
    return chunks.get(line / CHUNK);
  }

  /** The index of a line in its chunk. */
  private static int at(long line) {
    return (int) (line % CHUNK);
  }

  /**
   * Checks that no outcome belongs to a line after the end of the input.
   *
   * @param read how many lines the input had
   * @throws BadOutcomesException when there is an outcome of a later line
   */
  public void requireNoneAfter(long read) throws BadOutcomesException {
    if (last > read) {
      throw new BadOutcomesException(
          "the input has changed: line %d has an outcome, but the input has %d lines"
              .formatted(firstAfter(read), read));
    }
  }

  private long firstAfter(long read) {
    long first = last;
    for (Map.Entry<Long, Chunk> chunk : chunks.entrySet()) {
      for (int i = 0; i < CHUNK; i++) {
        long line = chunk.getKey() * CHUNK + i;
        if (line > read && line < first && chunk.getValue().states[i] != 0) {
          first = line;
        }
      }
    }
    return first;
  }

  /**
   * Checks that all outcomes belong to one input, as far as that is visible.
   *
   * @throws BadOutcomesException when two belong to different lines with the same number
   */
  public void requireOneInput() throws BadOutcomesException {
    if (conflict != null) {
      throw new BadOutcomesException(conflict);
    }
  }

  /**
   * Returns how many lines have an outcome.
   *
   * @param outcome the outcome, as {@link #of(long)} returns it
   * @return their number
   */
  public long count(Outcome outcome) {
    return counts[state(outcome)];
  }

  /**
   * How many lines have outcomes after their success.
   *
   * @return their number
   */
  public long doubles() {
    return doubles;
  }

  /**
   * The largest number of a line that has an outcome.
   *
   * @return 0 when none has
   */
  public long last() {
    return last;
  }

  /**
   * How many lines have outcomes.
   *
   * @return their number
   */
  public long size() {
    long size = 0;
    for (long count : counts) {
      size += count;
    }
    return size;
  }

  /**
   * Returns the first lines without an outcome.
   *
   * @param lines the number of the last line to consider
   * @param most how many of them at most
   * @return their numbers
   */
  public List<Long> missing(long lines, int most) {
    return LongStream.rangeClosed(1, lines)
        .filter(line -> of(line) == null)
        .limit(most)
        .boxed()
        .toList();
  }

  /**
   * Returns the first lines that have outcomes after their success.
   *
   * @param most how many of them at most
   * @return their numbers
   */
  public List<Long> doubles(int most) {
    List<Long> found = new ArrayList<>();
    for (Map.Entry<Long, Chunk> each : new TreeMap<>(chunks).entrySet()) {
      for (int i = 0; i < CHUNK && found.size() < most; i++) {
        if ((each.getValue().states[i] & TWICE) != 0) {
          found.add(each.getKey() * CHUNK + i);
        }
      }
    }
    return found;
  }

  /**
   * Marks a line that has an outcome.
   *
   * @param line its number
   * @return whether it was not marked before
   */
  public boolean mark(long line) {
    Chunk chunk = Objects.requireNonNull(chunk(line));
    int at = at(line);
    boolean isFirst = (chunk.states[at] & MARKED) == 0;
    chunk.states[at] |= MARKED;
    return isFirst;
  }
}
