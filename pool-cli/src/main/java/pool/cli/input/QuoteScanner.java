package pool.cli.input;

/**
 * Knows, from the bytes it has seen, whether a quoted field of CSV is open. That works even for
 * lines that are too long to be kept, or not UTF-8: in UTF-8 no other character has these bytes.
 *
 * <pre>
 *            quote                   quote
 *   BEGINNING ------> QUOTED &lt;-------------------&gt; AFTER_QUOTE
 *    ^     \                                          |
 *    |      \ else            else                    |
 *    |       v         &lt;------------------------------+
 *    +---- UNQUOTED                                   |
 *    |  comma                                         | comma
 *    +------------------------------------------------+
 * </pre>
 */
final class QuoteScanner implements Lines.Watcher {

  private enum State {
    /** At the beginning of a field: only here does a quote open it. */
    BEGINNING,
    UNQUOTED,
    QUOTED,
    /** The field is closed, unless another quote follows. */
    AFTER_QUOTE
  }

  private State state = State.BEGINNING;
  private boolean opened;
  private long length;

  QuoteScanner() {}

  @Override
  public void see(byte[] buffer, int from, int to) {
    length += to - from;
    for (int i = from; i < to; i++) {
      state = next(buffer[i]);
    }
  }

  private State next(byte read) {
    return switch (state) {
      case BEGINNING ->
          switch (read) {
            case '"' -> {
              opened = true;
              yield State.QUOTED;
            }
            case ',' -> State.BEGINNING;
            default -> State.UNQUOTED;
          };
      case UNQUOTED -> read == ',' ? State.BEGINNING : State.UNQUOTED;
      case QUOTED -> read == '"' ? State.AFTER_QUOTE : State.QUOTED;
      case AFTER_QUOTE ->
          switch (read) {
            case '"' -> State.QUOTED;
            case ',' -> State.BEGINNING;
            default -> State.UNQUOTED;
          };
    };
  }

  /** Returns whether the record continues on the next line. */
  boolean isOpen() {
    return state == State.QUOTED;
  }

  /** Returns whether a field was opened since the last call. */
  boolean hasOpened() {
    boolean since = opened;
    opened = false;
    return since;
  }

  /** The number of bytes of the record so far. */
  long length() {
    return length;
  }

  /** Begins another record. */
  void begins() {
    state = State.BEGINNING;
    opened = false;
    length = 0;
  }
}
