package pool.core;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Plays histories of the {@link Model}, by hand: {@code benchmarks/model HISTORIES [SEED]}. */
final class ModelRuns {

  private static final int AT_A_TIME = 4; // they wait more than they compute

  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(10);

  private ModelRuns() {}

  /** Plays histories from seed to seed; returns what was wrong with one, or null. */
  static @Nullable List<String> play(long first, long histories) throws InterruptedException {
    AtomicLong next = new AtomicLong(first);
    List<Player> players =
        Stream.generate(() -> new Player(next, first + histories)).limit(AT_A_TIME).toList();
    players.forEach(player -> player.thread.start());
    while (players.stream().anyMatch(player -> player.thread.isAlive())) {
      for (Player player : players) {
        List<String> wrong = player.wrong();
        if (wrong != null) {
          return wrong;
        }
      }
      Thread.sleep(LOOK);
    }
    return players.stream().map(Player::wrong).filter(Objects::nonNull).findFirst().orElse(null);
  }

  /** Plays one history after the other, until one is wrong. */
  private static final class Player {

    private final AtomicLong next;
    private final long end;
    private final Thread thread = Thread.ofPlatform().daemon().unstarted(this::play);
    private volatile long seed;
    private volatile long began = System.nanoTime();
    private volatile @Nullable List<String> wrong;

    Player(AtomicLong next, long end) {
      this.next = next;
      this.end = end;
    }

    private void play() {
      seed = next.getAndIncrement();
      while (seed < end && wrong == null) {
        began = System.nanoTime();
        try {
          List<String> found = Model.play(seed);
          wrong = found.isEmpty() ? null : found;
        } catch (Throwable e) {
          wrong = List.of("seed " + seed, ChaosStacks.of(e));
        }
        seed = next.getAndIncrement();
      }
    }

    @Nullable List<String> wrong() {
      boolean hangs = thread.isAlive() && System.nanoTime() - began > LONGEST.toNanos();
      return hangs ? List.of("seed " + seed, "the history does not end") : wrong;
    }
  }

  @SuppressWarnings("SystemOut") // it is a program
  public static void main(String[] args) throws InterruptedException {
    long histories = Long.parseLong(args[0]);
    long first =
        args.length > 1
            ? Long.parseLong(args[1])
            : ThreadLocalRandom.current().nextLong(1_000_000_000_000L);
    List<String> wrong = play(first, histories);
    System.out.println(
        wrong == null
            ? "%,d histories from seed %d on: all as the model says".formatted(histories, first)
            : String.join(System.lineSeparator(), wrong));
    System.exit(wrong == null ? 0 : 1);
  }
}
