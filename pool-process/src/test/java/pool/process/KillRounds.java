package pool.process;

import java.util.Map;
import java.util.function.LongFunction;
import pool.core.ThreadKind;

/** Rounds of {@link Kills} for {@code benchmarks/soak}: by a seed, what was done. */
public final class KillRounds implements LongFunction<Map<String, Long>> {

  private static final int KILLS = 10;

  /** For the program that plays them. */
  public KillRounds() {}

  @Override
  public Map<String, Long> apply(long seed) {
    Kills.Tally tally;
    try {
      tally = Kills.play(ThreadKind.values()[(int) (seed % 2)], KILLS, seed);
    } catch (Exception e) {
      throw new AssertionError("kills " + seed, e);
    }
    return Map.of(
        "jobs in processes", tally.jobs(),
        "processes started", tally.processes(),
        "processes killed", tally.kills());
  }
}
