package pool.process;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The results of the jobs of a batch, on their way to the parent. A result that comes after a pause
 * is sent at once. Those that follow it closely are sent together, a fifth of a millisecond later:
 * one message for each of thousands of small jobs would cost more than the jobs. Until then they
 * are in a {@link ResultsFile}, where the parent finds them if this process ends.
 *
 * <p>The worker's thread adds results, and a sender thread sends those that have waited. Both hold
 * the lock, so results keep their order, and none is sent after the batch has ended.
 */
final class BatchAnswers {

  private static final Logger LOG = LoggerFactory.getLogger(BatchAnswers.class);

  private static final long WAIT_NANOS = 200_000;

  private final FrameChannel channel;

  // Guarded by the lock:
  private final ResultsFile pending;
  private long number; // of the request
  private long sentAt;
  private @Nullable Thread sender; // null until something has to wait
  private @Nullable IOException failure; // of the sender

  BatchAnswers(FrameChannel channel, ResultsFile pending) {
    this.channel = channel;
    this.pending = pending;
  }

  synchronized void begin(long ofRequest) {
    number = ofRequest;
    sentAt = System.nanoTime() - WAIT_NANOS;
    pending.begin(ofRequest);
  }

  synchronized void succeeded(int index, byte @Nullable [] result) throws IOException {
    add(Message.result(index, result));
  }

  synchronized void failed(int index, byte[] failure) throws IOException {
    add(Message.failure(index, failure));
  }

  private void add(byte[] result) throws IOException {
    if (!pending.hasRoom(result.length)) {
      send();
    }
    if (!pending.hasRoom(result.length)) {
      send(result);
      pending.sentAlone();
      return;
    }
    boolean isFirst = pending.isEmpty();
    pending.add(result);
    if (System.nanoTime() - sentAt >= WAIT_NANOS) {
      send();
    } else if (isFirst) {
      wakeSender();
    }
  }

  /** Returns when all results have been sent. */
  synchronized void end() throws IOException {
    send();
  }

  private void send() throws IOException {
    if (failure != null) {
      throw new IOException("the parent cannot be reached", failure);
    }
    if (!pending.isEmpty()) {
      send(pending.bytes());
      pending.sent();
    }
  }

  private void send(byte[] results) throws IOException {
    channel.write(Message.RESULTS, Message.bytes(number, body -> body.write(results)), () -> {});
    sentAt = System.nanoTime();
  }

  private void wakeSender() {
    if (sender == null) {
      sender = Thread.ofPlatform().daemon().name("answers").start(this::sendLate);
    }
    notifyAll();
  }

  private void sendLate() {
    try {
      while (true) {
        awaitResult();
        LockSupport.parkNanos(WAIT_NANOS);
        if (!sendsPending()) {
          return;
        }
      }
    } catch (InterruptedException e) {
      LOG.warn("interrupted by a stranger: results wait for those that follow", e);
    }
  }

  private synchronized void awaitResult() throws InterruptedException {
    while (pending.isEmpty()) {
      wait();
    }
  }

  private synchronized boolean sendsPending() {
    try {
      send();
      return true;
    } catch (IOException e) {
      failure = e; // the worker's thread will throw it
      return false;
    }
  }
}
