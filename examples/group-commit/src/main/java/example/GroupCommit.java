package example;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

/** Writes many notes, each of them durable before its writer goes on. */
public final class GroupCommit {

  private static final int WRITERS = 64;
  private static final int NOTES = 50; // of each writer; the last is there already

  private GroupCommit() {}

  public static void main(String[] args) throws Exception {
    Path file = Files.createTempDirectory("notes").resolve("notes.db");
    WorkerFactory<String, Integer> notes =
        WorkerFactory.of(
            "notes",
            String.class,
            Integer.class,
            context -> new NoteWriter(context, "jdbc:sqlite:" + file));
    Counts counts = new Counts();
    try (var pool = WorkerPool.of(notes).workers(1).open()) {
      List<Thread> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int number = writer;
        writers.add(Thread.ofVirtual().start(() -> write(pool, number, counts)));
      }
      for (Thread writer : writers) {
        writer.join();
      }
    }
    System.out.printf(
        "wrote %d notes, refused %d, in fewer transactions than notes: %b%n",
        counts.written.sum(), counts.refused.sum(), counts.transactions() < counts.written.sum());
    System.err.printf("about %.0f transactions%n", counts.transactions());
  }

  private static void write(WorkerPool<String, Integer> pool, int writer, Counts counts) {
    for (int note = 0; note < NOTES; note++) {
      boolean isThere = note == NOTES - 1;
      String text = writer + ": note " + (isThere ? 0 : note);
      try {
        counts.written(pool.submit(text).join());
      } catch (CompletionException e) {
        counts.refused.increment();
      }
    }
  }

  /** What became of the notes. */
  private static final class Counts {

    final LongAdder written = new LongAdder();
    final LongAdder refused = new LongAdder();
    private double transactions;

    /** A note was written in a transaction of so many. */
    synchronized void written(int together) {
      written.increment();
      transactions += 1.0 / together;
    }

    synchronized double transactions() {
      return transactions;
    }
  }
}
