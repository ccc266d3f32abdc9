package pool.benchmarks;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Group commit as one writes it by hand: a thread that takes an entry, drains what waits behind it,
 * commits all and completes their futures. Without time limits, retries, cancelling, the one bad
 * row or an orderly end, which are the pool's.
 */
final class DrainPeer implements Peer {

  private static final int MOST = 100;

  private record Entry(Integer job, CompletableFuture<Integer> future) {}

  private final BlockingQueue<Entry> queue = new LinkedBlockingQueue<>();
  private final Entry end = new Entry(0, new CompletableFuture<>());
  private final Store.Writer writer;
  private final Thread thread = new Thread(this::drain, "drain");

  DrainPeer(Store.Writer writer) {
    this.writer = writer;
    thread.start();
  }

  @Override
  public CompletableFuture<Integer> submit(Integer job) {
    Entry entry = new Entry(job, new CompletableFuture<>());
    queue.add(entry);
    return entry.future;
  }

  private void drain() {
    List<Entry> entries = new ArrayList<>(MOST);
    List<Integer> jobs = new ArrayList<>(MOST);
    try (writer) {
      while (true) {
        entries.add(queue.take());
        queue.drainTo(entries, MOST - 1);
        if (entries.getLast() == end) {
          return; // nobody submits while it is closed
        }
        for (Entry each : entries) {
          jobs.add(each.job);
        }
        write(entries, jobs);
        entries.clear();
        jobs.clear();
      }
    } catch (InterruptedException | SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void write(List<Entry> entries, List<Integer> jobs) throws SQLException {
    try {
      writer.write(jobs);
    } catch (SQLException e) {
      writer.rollBack();
      entries.forEach(each -> each.future.completeExceptionally(e));
      return;
    }
    for (Entry each : entries) {
      each.future.complete(each.job);
    }
  }

  @Override
  public void close() {
    queue.add(end);
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
