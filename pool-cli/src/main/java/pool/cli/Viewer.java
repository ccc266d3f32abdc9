package pool.cli;

/** Sees a run as spans of its workers; called by one thread at a time. */
interface Viewer {

  /** Sees a span. The spans of one worker come in order, and do not overlap. */
  void saw(Span span);

  /**
   * Sees something that takes no time.
   *
   * @param what a few words, such as "broke"
   * @param worker the worker's name, empty for the pool
   * @param why an explanation, may be empty
   * @param at in nanoseconds since the beginning of the run
   */
  void happened(String what, String worker, String why, long at);

  /**
   * Notes that, up to now, some events came too fast to be seen.
   *
   * @param events how many
   * @param at in nanoseconds since the beginning of the run
   */
  void missed(long events, long at);
}
