package pool.cli;

/** Sees a run as spans of its workers; told by one thread at a time. */
interface Viewer {

  /** One worker's come in order, and do not overlap. */
  void saw(Span span);

  /**
   * Something that takes no time.
   *
   * @param what in a few words, such as "broke"
   * @param worker whose, empty when it is the pool's
   * @param why what there is to say about it, may be empty
   * @param at in nanoseconds since the run began
   */
  void happened(String what, String worker, String why, long at);

  /**
   * So many events came too fast to be seen, up to now.
   *
   * @param events how many
   * @param at in nanoseconds since the run began
   */
  void missed(long events, long at);
}
