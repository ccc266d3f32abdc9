package pool.cli.outcome;

/** How the job of a line ended. */
public enum Outcome {
  /** It returned. */
  SUCCEEDED("succeeded"),
  /** It threw, ran too long, or the line made no job. */
  FAILED("failed"),
  /** It was under way when the run was stopped. */
  CANCELLED("cancelled"),
  /** It waited when the run was stopped. */
  NOT_STARTED("notStarted");

  private final String word;

  Outcome(String word) {
    this.word = word;
  }

  /**
   * The word for it in an outcome line.
   *
   * @return one word
   */
  public String word() {
    return word;
  }
}
