package pool.core.internal.life;

/** What became of a pool's jobs, at one moment: the parts add up to {@code submitted}. */
public record Counts(
    long submitted,
    long queued,
    long running,
    long succeeded,
    long failed,
    long cancelled,
    long notStarted) {}
