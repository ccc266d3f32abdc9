package pool.process;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import pool.api.BatchWorker;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerFactory;
import pool.codec.Codecs;

/**
 * The child's side of a worker: does on the worker's thread what the parent asks, and answers. Each
 * request has a number, which its answers repeat.
 *
 * <p>Another thread may stop a request, and must not hit the next request instead. So a request
 * ends under the lock, after any thread that is about to stop it has done so; and a request that
 * was stopped before it began does not begin.
 */
@SuppressWarnings("try") // closing may be interrupted
final class ChildWorker {

  private static final Logger LOG = LoggerFactory.getLogger(ChildWorker.class);

  private final FrameChannel channel;
  private final BatchAnswers answers;
  private final Thread thread;
  private final Runnable onClose;
  private volatile boolean isOrphan; // the parent is gone
  private volatile boolean isClosed; // at the parent's request

  // Guarded by the lock:
  private final Object lock = new Object();
  private long current; // the number of the current request, 0 for none
  private boolean runs; // whether a run is on the stack
  private long stopped; // the number of the latest request that was stopped
  private boolean cancelling; // a thread calls the worker's cancel()
  private boolean closing; // a close, which is not interrupted

  // Used by the worker's thread; another thread calls only cancel():
  private volatile @Nullable ChildContext context;
  private volatile @Nullable Worker<Object, Object> worker;
  private @Nullable Codecs<Object, Object> codecs;
  private @Nullable Traits traits;

  /**
   * Makes a worker whose thread is still to be started.
   *
   * @param onClose wakes up the thread that reads requests to stop, since the JVM's exit would wait
   *     for it
   */
  ChildWorker(FrameChannel channel, BatchAnswers answers, Runnable onClose) {
    this.channel = channel;
    this.onClose = onClose;
    this.answers = answers;
    this.thread = Thread.ofPlatform().name("worker").unstarted(this::live);
  }

  void start() {
    thread.start();
  }

  // The thread that reads requests to stop

  boolean isClosed() {
    return isClosed;
  }

  /** Stops a request: cancels and interrupts its run, or keeps it from beginning. */
  void stop(long number) {
    synchronized (lock) {
      stopped = Math.max(stopped, number);
      if (current == number) {
        stopCurrent();
      }
    }
  }

  private void stopCurrent() {
    if (!runs) {
      thread.interrupt();
    } else if (!cancelling) {
      cancelling = true;
      Thread _ = Thread.ofPlatform().daemon().name("cancel").start(this::cancel);
    }
  }

  /** Calls the plugin's cancel(), on a separate thread because it may hang. */
  private void cancel() {
    try {
      Worker<Object, Object> open = worker;
      if (open != null) {
        open.cancel();
      }
    } catch (Throwable e) {
      logThat("cancel() threw", e);
    } finally {
      synchronized (lock) {
        thread.interrupt();
        cancelling = false;
        lock.notifyAll();
      }
    }
  }

  /** Logs an exception; its class is the plugin's, and may throw when it is asked for its text. */
  private static void logThat(String what, Throwable e) {
    try {
      LOG.warn(what, e);
    } catch (Throwable again) {
      LOG.warn("{}: {}", what, e.getClass().getName());
    }
  }

  /** The parent is gone: closes the worker, without finishing it, as soon as its run allows. */
  void orphaned(long millis) throws InterruptedException {
    isOrphan = true;
    synchronized (lock) {
      if (closing) {
        // nothing else is left to do
      } else if (current != 0) {
        stopCurrent();
      } else {
        thread.interrupt();
      }
    }
    thread.join(millis);
  }

  // The worker's thread

  private void live() {
    try {
      while (!isOrphan) {
        try {
          FrameChannel.Frame frame = channel.read(Long.MAX_VALUE);
          if (frame == null) {
            boolean _ = Thread.interrupted(); // the parent is gone, or a stray interrupt
          } else {
            answer(frame);
          }
        } catch (IOException e) {
          isOrphan = true; // nobody reads the answers
        }
      }
      closeAlone();
    } catch (Throwable e) {
      LOG.error("the thread of a worker cannot go on", e);
      Runtime.getRuntime().halt(1); // the parent reports it
    }
  }

  private void answer(FrameChannel.Frame frame) throws IOException {
    DataInputStream in = frame.body();
    long number = in.readLong();
    boolean isClosing = in.readBoolean();
    ChildContext its = context;
    if (isClosing && its != null) {
      its.closing();
    }
    int kind = Message.DONE;
    byte[] answer;
    try {
      byte[] result = doWhatIsAsked(frame.kind(), number, in);
      answer = Message.bytes(number, out -> out.write(result));
      FrameChannel.requireFits(answer.length);
    } catch (Unanswerable e) {
      throw e.reason;
    } catch (Throwable e) {
      kind = Message.THREW;
      answer = Message.bytes(number, out -> Failures.write(e, out));
    } finally {
      end();
    }
    channel.write(kind, answer, () -> {});
    if (frame.kind() == Message.CLOSE) {
      isClosed = true;
      onClose.run();
      System.exit(0); // even if the plugin has left threads
    }
  }

  private byte[] doWhatIsAsked(int kind, long number, DataInputStream in) throws Exception {
    begin(number);
    return switch (kind) {
      case Message.OPEN -> open(OpenRequest.read(in));
      case Message.DESCRIBE -> describe(OpenRequest.read(in));
      case Message.RUN -> run(in);
      case Message.RUN_ALL -> runAll(number, in);
      case Message.PING -> ping();
      case Message.FINISH -> finish();
      case Message.CLOSE -> closeAsAsked();
      default -> throw new IllegalStateException("asked for " + kind);
    };
  }

  private void begin(long number) throws InterruptedException {
    synchronized (lock) {
      if (stopped >= number) {
        throw new InterruptedException("stopped before it began");
      }
      current = number;
    }
  }

  /** Begins a run, unless its job was cancelled while it was read. */
  private void runBegins() throws InterruptedException {
    synchronized (lock) {
      if (isOrphan || stopped >= current) {
        throw new InterruptedException("stopped before it began");
      }
      runs = true;
    }
  }

  private void runEnds() {
    synchronized (lock) {
      while (cancelling) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          // it was for the run that ends here
        }
      }
      runs = false;
    }
    known(traits).restore();
  }

  /** Ends a request; after this, no interrupt meant for it can come. */
  private void end() {
    synchronized (lock) {
      current = 0;
      boolean _ = Thread.interrupted();
    }
  }

  @SuppressWarnings("unchecked") // both sides use the factory's own types
  private byte[] open(OpenRequest request) throws Exception {
    WorkerFactory<Object, Object> factory =
        (WorkerFactory<Object, Object>) RequestedFactory.find(request);
    RequestedFactory.requireSame(request, factory);
    traits = new Traits(request.worker(), factory.getClass().getClassLoader());
    traits.restore();
    MDC.put("worker", request.worker());
    codecs = Codecs.of(factory, factory.jobType(), factory.resultType());
    ChildContext its = new ChildContext(request);
    Worker<Object, Object> open;
    try {
      open =
          Objects.requireNonNull(
              factory.open(its), () -> "factory '%s' opened null".formatted(factory.name()));
    } catch (Throwable e) {
      closeAfter(its);
      throw e;
    }
    worker = open;
    context = its;
    return Message.bytes(out -> out.writeBoolean(open instanceof BatchWorker<?, ?>));
  }

  /** Properties of the worker's thread that a job may change. */
  private record Traits(String name, ClassLoader loader) {

    @SuppressWarnings("ThreadPriorityCheck") // it undoes what a job has done
    void restore() {
      Thread thread = Thread.currentThread();
      thread.setName(name);
      thread.setPriority(Thread.NORM_PRIORITY);
      thread.setContextClassLoader(loader);
    }
  }

  /**
   * Closes what the worker owns after a failed opening; the earlier exception is the one reported.
   */
  private static void closeAfter(ChildContext its) {
    try {
      its.close();
    } catch (Exception e) {
      logThat("what a worker owned could not be closed", e);
    }
  }

  private static byte[] describe(OpenRequest request) throws Exception {
    List<Option<?>> options = RequestedFactory.find(request).options();
    return Message.bytes(out -> {
      out.writeInt(options.size());
      for (Option<?> option : options) {
        OptionBytes.write(option, out);
      }
    });
  }

  private byte[] run(DataInputStream in) throws Exception {
    Object job = Values.fromBytes(known(codecs).jobCodec(), Message.readBytes(in));
    Object result;
    runBegins();
    try {
      result = open().run(job);
    } finally {
      runEnds();
    }
    byte[] bytes = bytesOf(result);
    return Message.bytes(out -> Message.writeNullable(bytes, out));
  }

  private byte @Nullable [] bytesOf(@Nullable Object result) throws IOException {
    if (result == null) {
      return null;
    }
    byte[] bytes = Values.toBytes(known(codecs).resultCodec(), result);
    Message.requireFits("result", bytes.length);
    return bytes;
  }

  private static byte[] bytesOf(Throwable failure) throws IOException {
    return Message.bytes(out -> Failures.write(failure, out));
  }

  private byte[] runAll(long number, DataInputStream in) throws Exception {
    answers.begin(number);
    try {
      runAll(in);
    } finally {
      answers.end();
    }
    return new byte[0];
  }

  private void runAll(DataInputStream in) throws Exception {
    List<Integer> indexes = new ArrayList<>();
    List<Object> batch = new ArrayList<>();
    while (in.available() > 0) {
      int index = in.readInt();
      byte[] bytes = Message.readBytes(in);
      try {
        batch.add(Values.fromBytes(known(codecs).jobCodec(), bytes));
        indexes.add(index);
      } catch (IOException | RuntimeException e) { // fails that job only
        answers.failed(index, bytesOf(e));
      }
    }
    if (batch.isEmpty()) {
      return;
    }
    SettledJobs settled = new SettledJobs(indexes);
    runBegins();
    try {
      ((BatchWorker<Object, Object>) open()).runAll(List.copyOf(batch), settled);
    } finally {
      settled.isOver = true;
      runEnds();
    }
  }

  /** Reports results to the parent, and refuses what the pool would refuse. */
  private final class SettledJobs implements BatchWorker.Results<Object> {

    private final List<Integer> indexes; // in the parent's batch
    private final BitSet settled = new BitSet();
    private volatile boolean isOver;

    SettledJobs(List<Integer> indexes) {
      this.indexes = indexes;
    }

    @Override
    public void succeeded(int index, @Nullable Object result) {
      note(index);
      byte[] bytes;
      try {
        bytes = bytesOf(result);
      } catch (IOException | RuntimeException e) {
        tell(() -> answers.failed(indexes.get(index), bytesOf(e)));
        return;
      }
      tell(() -> answers.succeeded(indexes.get(index), bytes));
    }

    @Override
    public void failed(int index, Throwable cause) {
      Objects.requireNonNull(cause, "cause");
      note(index);
      tell(() -> answers.failed(indexes.get(index), bytesOf(cause)));
    }

    private void note(int index) {
      int _ = Objects.checkIndex(index, indexes.size());
      if (Thread.currentThread() != thread || isOver) {
        throw new IllegalStateException(
            "results are told on the worker's thread, before runAll returns");
      }
      if (settled.get(index)) {
        throw new IllegalStateException("job %d of the batch was told before".formatted(index));
      }
      settled.set(index);
    }

    private void tell(Answer answer) {
      try {
        answer.tell();
      } catch (IOException e) {
        isOrphan = true; // whatever the plugin does with the exception
        throw new Unanswerable(e);
      }
    }
  }

  private interface Answer {
    void tell() throws IOException;
  }

  /** The parent cannot be reached, which is not a failure of the worker. */
  private static final class Unanswerable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    final transient IOException reason;

    Unanswerable(IOException reason) {
      super(reason);
      this.reason = reason;
    }
  }

  private byte[] ping() throws Exception {
    open().ping();
    return new byte[0];
  }

  private byte[] finish() throws Exception {
    open().finish();
    return new byte[0];
  }

  private byte[] close() throws Exception {
    Worker<Object, Object> open = worker;
    ChildContext its = context;
    worker = null;
    context = null;
    try (its;
        open) {
      return new byte[0];
    }
  }

  private byte[] closeAsAsked() throws Exception {
    beginClosing();
    return close();
  }

  private void beginClosing() {
    synchronized (lock) {
      closing = true;
      boolean _ = Thread.interrupted();
    }
  }

  private void closeAlone() {
    beginClosing();
    try {
      byte[] _ = close();
    } catch (Throwable e) {
      logThat("a worker whose parent is gone failed to close", e);
    }
  }

  private Worker<Object, Object> open() {
    return known(worker);
  }

  private static <T> T known(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("the worker is not open");
    }
    return value;
  }
}
