package pool.process;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a child has to tell of the jobs of a batch. What comes after a pause is told at once; what
 * follows it closely waits for company, for a fifth of a millisecond: a message for each of
 * thousands of small jobs would cost more than the jobs.
 *
 * <p>The worker's thread adds, and a thread of its own sends what has waited. Both do so under the
 * lock, so results keep their order, and none is sent after the batch has ended.
 */
final class BatchAnswers {

  private static final long WAIT_NANOS = 200_000;
  private static final int FULL = 1 << 15; // bytes

  private static final Logger LOG = LoggerFactory.getLogger(BatchAnswers.class);

  private final FrameChannel channel;

  // Under the lock:
  private final ByteArrayOutputStream told = new ByteArrayOutputStream(); // and not sent
  private final DataOutputStream out = new DataOutputStream(told);
  private long number; // of the request
  private long sentAt;
  private boolean isFirst; // what is being added
  private @Nullable Thread sender; // null until something has to wait
  private @Nullable IOException failure; // of the sender

  BatchAnswers(FrameChannel channel) {
    this.channel = channel;
  }

  synchronized void begin(long ofRequest) {
    number = ofRequest;
    sentAt = System.nanoTime() - WAIT_NANOS;
  }

  synchronized void succeeded(int index, byte @Nullable [] result) throws IOException {
    begin(index, true, result == null ? 0 : result.length);
    Message.writeNullable(result, out);
    sendOrWait();
  }

  synchronized void failed(int index, byte[] failure) throws IOException {
    begin(index, false, failure.length);
    out.write(failure);
    sendOrWait();
  }

  private void begin(int index, boolean succeeded, int length) throws IOException {
    if (told.size() + length > FULL) {
      send();
    }
    isFirst = told.size() == 0;
    out.writeInt(index);
    out.writeBoolean(succeeded);
  }

  private void sendOrWait() throws IOException {
    if (System.nanoTime() - sentAt >= WAIT_NANOS) {
      send();
    } else if (isFirst) {
      wakeSender();
    }
  }

  /** All that was told is sent when this returns. */
  synchronized void end() throws IOException {
    send();
  }

  private void send() throws IOException {
    if (failure != null) {
      throw new IOException("the parent cannot be told", failure);
    }
    if (told.size() > 0) {
      byte[] all = told.toByteArray();
      told.reset();
      channel.write(Message.TOLD, Message.bytes(number, body -> body.write(all)), () -> {});
      sentAt = System.nanoTime();
    }
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
        awaitAnswer();
        LockSupport.parkNanos(WAIT_NANOS);
        sendWhatWaits();
      }
    } catch (InterruptedException e) {
      LOG.warn("interrupted by a stranger: results wait for those that follow", e);
    }
  }

  private synchronized void awaitAnswer() throws InterruptedException {
    while (told.size() == 0) {
      wait();
    }
  }

  private synchronized void sendWhatWaits() {
    try {
      send();
    } catch (IOException e) {
      failure = e; // for the worker's thread
    }
  }
}
