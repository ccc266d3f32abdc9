package pool.cli;

import java.util.concurrent.Semaphore;

/**
 * Limits the lines in memory that were read and are not yet written: their number and their total
 * length. A line that is longer than all the room may enter alone.
 */
final class Room {

  private final Semaphore lines;
  private final Semaphore characters;
  private final int capacity;

  Room(long lines, long characters) {
    this.lines = new Semaphore((int) Math.min(Integer.MAX_VALUE, lines));
    this.capacity = (int) Math.min(Integer.MAX_VALUE, characters);
    this.characters = new Semaphore(capacity);
  }

  void enter(String line) throws InterruptedException {
    lines.acquire();
    characters.acquire(size(line));
  }

  void leave(String line) {
    characters.release(size(line));
    lines.release();
  }

  private int size(String line) {
    return Math.min(line.length(), capacity);
  }
}
