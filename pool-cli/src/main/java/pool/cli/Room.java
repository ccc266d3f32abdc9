package pool.cli;

import java.util.concurrent.Semaphore;

/**
 * Bounds what is in memory: how many lines were read and are not yet written, and how long they are
 * together. A line that is longer than all the room may enter alone.
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
