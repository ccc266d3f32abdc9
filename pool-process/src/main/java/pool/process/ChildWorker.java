package pool.process;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.BatchWorker;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerFactory;
import pool.codec.Codec;
import pool.codec.Codecs;
import pool.core.WorkerFactories;

/**
 * The child's side of a worker: does on its own thread what the parent asks, and answers.
 *
 * <p>A run is stopped by the thread that reads. The lock says whether it is on the stack: it is
 * held while a run begins and ends, while it is stopped, and while an answer is written, so that no
 * interrupt reaches another run, or the channel.
 */
@SuppressWarnings("try") // closing may be interrupted
final class ChildWorker {

  private static final Logger LOG = LoggerFactory.getLogger(ChildWorker.class);

  private final FrameChannel channel;
  private final BlockingQueue<FrameChannel.Frame> asked = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean isOrphan; // the parent is gone

  private final ReentrantLock lock = new ReentrantLock();
  private long running; // under the lock: the number of the run, 0 for none

  // Of the worker's thread; only cancel() is called by another:
  private @Nullable ChildContext context;
  private volatile @Nullable Worker<Object, Object> worker;
  private @Nullable Codec<Object> jobs;
  private @Nullable Codec<Object> results;

  ChildWorker(FrameChannel channel) {
    this.channel = channel;
    this.thread = Thread.ofPlatform().name("worker").unstarted(this::live);
  }

  void start() {
    thread.start();
  }

  /** By the thread that reads. */
  void ask(FrameChannel.Frame frame) {
    asked.add(frame);
  }

  /** By the thread that reads: stops a run, if it is still under way. */
  void cancel(long number) {
    lock.lock();
    try {
      if (running == number) {
        stop();
      }
    } finally {
      lock.unlock();
    }
  }

  private void stop() {
    Worker<Object, Object> open = worker;
    try {
      if (open != null) {
        open.cancel();
      }
    } finally {
      thread.interrupt();
    }
  }

  /** The parent is gone: closes the worker, without finishing, as soon as its run lets it. */
  void orphaned(long millis) throws InterruptedException {
    isOrphan = true;
    if (lock.tryLock()) {
      try {
        if (running != 0) {
          stop();
        }
      } finally {
        lock.unlock();
      }
    }
    thread.interrupt();
    thread.join(millis);
  }

  private void live() {
    while (!isOrphan) {
      try {
        answer(asked.take());
      } catch (InterruptedException e) {
        // the parent is gone, or a run has left its flag
      } catch (IOException e) {
        isOrphan = true; // nobody reads the answers
      }
    }
    closeQuietly();
  }

  private void answer(FrameChannel.Frame frame) throws IOException {
    int kind = Message.DONE;
    byte[] answer;
    try {
      answer = doWhatIsAsked(frame);
    } catch (Unanswerable e) {
      throw e.reason;
    } catch (Throwable e) {
      kind = Message.THREW;
      answer = Message.bytes(out -> Failures.write(e, out));
    }
    write(kind, answer);
    if (frame.kind() == Message.CLOSE) {
      System.exit(0); // also when the plugin has left threads
    }
  }

  private byte[] doWhatIsAsked(FrameChannel.Frame frame) throws Exception {
    DataInputStream in = frame.body();
    return switch (frame.kind()) {
      case Message.OPEN -> open(ChildContext.Told.read(in));
      case Message.DESCRIBE -> describe(ChildContext.Told.read(in));
      case Message.RUN -> run(in);
      case Message.RUN_ALL -> runAll(in);
      case Message.PING -> ping();
      case Message.FINISH -> finish(in.readBoolean());
      case Message.CLOSE -> close();
      default -> throw new IllegalStateException("asked for " + frame.kind());
    };
  }

  /** The parent cannot be told: not a failure of the worker. */
  private static final class Unanswerable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    final transient IOException reason;

    Unanswerable(IOException reason) {
      super(reason);
      this.reason = reason;
    }
  }

  private void write(int kind, byte[] bytes) throws IOException {
    lock.lock();
    try {
      channel.write(kind, bytes, () -> {});
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("unchecked") // both sides have the factory's own types
  private byte[] open(ChildContext.Told told) throws Exception {
    thread.setName(told.worker());
    WorkerFactory<Object, Object> factory = (WorkerFactory<Object, Object>) factory(told);
    jobs = codec(factory, true);
    results = codec(factory, false);
    ChildContext its = new ChildContext(told);
    boolean opened = false;
    try {
      Worker<Object, Object> open = factory.open(its);
      if (open == null) {
        throw new IllegalStateException("factory '%s' opened null".formatted(factory.name()));
      }
      worker = open;
      context = its;
      opened = true;
      return Message.bytes(out -> out.writeBoolean(open instanceof BatchWorker<?, ?>));
    } finally {
      if (!opened) {
        its.close();
      }
    }
  }

  @SuppressWarnings("unchecked")
  static <T> Codec<T> codec(WorkerFactory<?, ?> factory, boolean ofJobs) {
    if (factory instanceof Codecs<?, ?> own) {
      return (Codec<T>) (ofJobs ? own.jobCodec() : own.resultCodec());
    }
    Class<?> type = ofJobs ? factory.jobType() : factory.resultType();
    return Codec.of((Class<T>) type);
  }

  private static WorkerFactory<?, ?> factory(ChildContext.Told told) throws Exception {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    if (told.isClass()) {
      return Class.forName(told.factory(), true, loader)
          .asSubclass(WorkerFactory.class)
          .getConstructor()
          .newInstance();
    }
    return WorkerFactories.load()
        .factory(
            told.factory(),
            Class.forName(told.jobType(), false, loader),
            Class.forName(told.resultType(), false, loader));
  }

  private static byte[] describe(ChildContext.Told told) throws Exception {
    List<Option<?>> options = factory(told).options();
    return Message.bytes(out -> {
      out.writeInt(options.size());
      for (Option<?> option : options) {
        OptionBytes.write(option, out);
      }
    });
  }

  private byte[] run(DataInputStream in) throws Exception {
    long number = in.readLong();
    Object job = codec(jobs).fromBytes(Message.readBytes(in));
    begin(number);
    Object result;
    try {
      result = open().run(job);
    } finally {
      end();
    }
    byte[] bytes = result == null ? null : codec(results).toBytes(result);
    return result(bytes);
  }

  private static byte[] result(byte @Nullable [] bytes) throws IOException {
    return Message.bytes(out -> {
      out.writeBoolean(bytes != null);
      if (bytes != null) {
        Message.write(bytes, out);
      }
    });
  }

  private byte[] runAll(DataInputStream in) throws Exception {
    long number = in.readLong();
    List<Object> batch = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      batch.add(codec(jobs).fromBytes(Message.readBytes(in)));
    }
    begin(number);
    try {
      ((BatchWorker<Object, Object>) open()).runAll(List.copyOf(batch), new Telling());
    } finally {
      end();
    }
    return new byte[0];
  }

  /** Each job is told to the parent at once. */
  private final class Telling implements BatchWorker.Results<Object> {

    @Override
    public void succeeded(int index, @Nullable Object result) {
      byte[] bytes;
      try {
        bytes = result == null ? null : codec(results).toBytes(result);
      } catch (IOException e) {
        failed(index, e);
        return;
      }
      tell(Message.SUCCEEDED, index, result(bytes));
    }

    private byte[] result(byte @Nullable [] bytes) {
      try {
        return ChildWorker.result(bytes);
      } catch (IOException e) {
        throw new Unanswerable(e);
      }
    }

    @Override
    public void failed(int index, Throwable cause) {
      try {
        tell(Message.FAILED, index, Message.bytes(out -> Failures.write(cause, out)));
      } catch (IOException e) {
        throw new Unanswerable(e);
      }
    }

    private void tell(int kind, int index, byte[] what) {
      try {
        write(
            kind,
            Message.bytes(out -> {
              out.writeInt(index);
              out.write(what);
            }));
      } catch (IOException e) {
        throw new Unanswerable(e);
      }
    }
  }

  private void begin(long number) {
    lock.lock();
    try {
      running = number;
    } finally {
      lock.unlock();
    }
  }

  /** No interrupt that was for the run comes after this. */
  private void end() {
    lock.lock();
    try {
      running = 0;
      boolean _ = Thread.interrupted();
    } finally {
      lock.unlock();
    }
  }

  private byte[] ping() throws Exception {
    open().ping();
    return new byte[0];
  }

  private byte[] finish(boolean closing) throws Exception {
    if (closing && context != null) {
      context.closing();
    }
    open().finish();
    return new byte[0];
  }

  private byte[] close() throws Exception {
    Worker<Object, Object> open = worker;
    ChildContext its = context;
    worker = null;
    context = null;
    try {
      if (open != null) {
        open.close();
      }
    } finally {
      if (its != null) {
        its.close();
      }
    }
    return new byte[0];
  }

  private void closeQuietly() {
    boolean _ = Thread.interrupted();
    try {
      byte[] _ = close();
    } catch (Throwable e) {
      LOG.warn("a worker whose parent is gone failed to close", e);
    }
  }

  private Worker<Object, Object> open() {
    Worker<Object, Object> open = worker;
    if (open == null) {
      throw new IllegalStateException("the worker is not open");
    }
    return open;
  }

  private static Codec<Object> codec(@Nullable Codec<Object> codec) {
    if (codec == null) {
      throw new IllegalStateException("the worker is not open");
    }
    return codec;
  }
}
