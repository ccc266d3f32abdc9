package pool.core;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** A bulk call of two slots, and what its workers do with it. */
final class BulkCalls {

  final ReentrantLock lock = new ReentrantLock();
  final BulkCall<String, String> bulk;

  BulkCalls(String... jobs) {
    bulk =
        new BulkCall<>(
            BulkCall.jobs(List.of(jobs)), false, false, new int[] {0, 1}, 2, lock.newCondition());
  }

  /** A worker comes to the bulk call, to the place that is returned. */
  int start(int slot) {
    lock.lock();
    try {
      return bulk.start(slot);
    } finally {
      lock.unlock();
    }
  }

  /** A worker does its part, from a place that it has started; returns the jobs that it did. */
  String doAll(int slot, int first) {
    StringBuilder done = new StringBuilder();
    for (int place = first; place >= 0; place = bulk.goOn(slot, false)) {
      done.append(bulk.job(place));
    }
    return done.toString();
  }

  boolean cancelRun(int slot) {
    lock.lock();
    try {
      return bulk.cancelRun(slot);
    } finally {
      lock.unlock();
    }
  }
}
