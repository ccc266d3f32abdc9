package pool.process;

import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.BatchWorker.Results;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.codec.Codec;

/**
 * The parent's side of a worker in a process: it asks, waits for the answer on the worker's thread,
 * and watches the process meanwhile. A run that is to stop, by {@link #cancel} or an interrupt, is
 * told so; if it has not stopped {@code killAfter} later, the process is killed.
 *
 * <p>A process that has ended, or has sent nonsense, breaks this worker. Whatever happens, {@link
 * #close} leaves no process.
 */
@SuppressWarnings("try") // close() may be interrupted
final class ProcessWorker<J, R> implements Worker<J, R> {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessWorker.class);

  private static final long NEVER = Long.MAX_VALUE;
  private static final long MEMORY_LOOK = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int CLOSE_FACTOR = 5; // of killAfter: nobody tells a close to stop
  private static final Duration TO_END = Duration.ofSeconds(2); // of itself, once it has closed

  /** What it needs to start a process, and to talk to it. */
  record Plan<J, R>(
      ProcessSettings settings,
      List<Class<?>> types,
      ChildContext.Told told,
      Codec<J> jobs,
      Codec<R> results) {}

  private final Plan<J, R> plan;
  private final WorkerContext context;
  private final Duration killAfter;

  // Of the worker's thread:
  private ChildProcess child;
  private boolean takesBatches;
  private boolean isBroken;
  private long run; // the number of the latest

  // The request under way. cancel() is called while it is, and has returned before the next one.
  private volatile long running; // its number, 0 for none
  private volatile boolean isToStop;
  private boolean wasToldToStop;
  private long killAt;
  private long lookAt;

  /** Starts the process and opens the worker in it; throws what the opening there has thrown. */
  ProcessWorker(Plan<J, R> plan, WorkerContext context) throws Exception {
    this.plan = plan;
    this.context = context;
    Duration half = context.cancelGrace().dividedBy(2);
    Duration given = plan.settings().killAfter;
    this.killAfter = given.compareTo(half) < 0 ? given : half;
    this.child = ChildProcess.start(plan.settings(), name(), plan.types());
    open();
  }

  private void open() throws Exception {
    boolean opened = false;
    try {
      takesBatches = ask(Message.OPEN, plan.told().bytes(), null).readBoolean();
      opened = true;
    } finally {
      if (!opened) {
        isBroken = true;
        child.end(Duration.ZERO);
      }
    }
  }

  /** Whether the worker in the process is a {@link pool.api.BatchWorker}. */
  boolean takesBatches() {
    return takesBatches;
  }

  @Override
  public @Nullable R run(J job) throws Exception {
    renew();
    byte[] bytes = plan.jobs().toBytes(job);
    return result(
        ask(
            Message.RUN,
            Message.bytes(out -> {
              out.writeLong(run + 1);
              Message.write(bytes, out);
            }),
            null));
  }

  void runAll(List<J> jobs, Results<R> results) throws Exception {
    renew();
    byte[] body =
        Message.bytes(out -> {
          out.writeLong(run + 1);
          out.writeInt(jobs.size());
          for (J job : jobs) {
            Message.write(plan.jobs().toBytes(job), out);
          }
        });
    DataInputStream _ = ask(Message.RUN_ALL, body, results);
  }

  private @Nullable R result(DataInputStream in) throws IOException {
    return in.readBoolean() ? plan.results().fromBytes(Message.readBytes(in)) : null;
  }

  @Override
  public void ping() throws Exception {
    renew();
    DataInputStream _ = ask(Message.PING, new byte[0], null);
  }

  @Override
  public void finish() throws Exception {
    boolean closing = context.isClosing();
    DataInputStream _ = ask(Message.FINISH, Message.bytes(out -> out.writeBoolean(closing)), null);
  }

  @Override
  public void cancel() {
    isToStop = true;
    child.channel().wakeUp(); // its own thread does the rest, and may be writing
  }

  /** Asks for something and waits for the answer. Of a batch each result is told as it comes. */
  private DataInputStream ask(int kind, byte[] body, @Nullable Results<R> results)
      throws Exception {
    if (isBroken) {
      throw new WorkerBrokenException("the process of worker '%s' is gone".formatted(name()));
    }
    boolean interrupted = false;
    begin();
    if (kind == Message.CLOSE) {
      killAt = System.nanoTime() + CLOSE_FACTOR * plan.settings().killAfter.toNanos();
    }
    try {
      child.channel().write(kind, body, this::check);
      while (true) {
        interrupted |= tellToStop();
        FrameChannel.Frame frame = child.channel().read(patience());
        check();
        if (frame != null) {
          switch (frame.kind()) {
            case Message.DONE -> {
              return frame.body();
            }
            case Message.THREW -> throw Failures.read(frame.body());
            default -> told(frame, results);
          }
        }
      }
    } catch (IOException e) {
      isBroken = true;
      throw new WorkerBrokenException(
          "the process of worker '%s' (%d) %s".formatted(name(), child.pid(), ending(e)), e);
    } finally {
      running = 0;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void begin() {
    run++;
    isToStop = false;
    wasToldToStop = false;
    killAt = NEVER;
    lookAt = plan.settings().maxMemory == 0 ? NEVER : System.nanoTime();
    running = run;
  }

  /** Whether an interrupt is to be kept for the caller. */
  private boolean tellToStop() throws IOException {
    boolean interrupted = Thread.interrupted(); // or no selector would wait
    if ((interrupted || isToStop) && !wasToldToStop) {
      wasToldToStop = true;
      killAt = System.nanoTime() + killAfter.toNanos();
      long number = running;
      child
          .channel()
          .write(Message.CANCEL, Message.bytes(out -> out.writeLong(number)), this::check);
    }
    return interrupted;
  }

  private long patience() {
    long now = System.nanoTime();
    long left = killAt == NEVER ? NEVER : Math.max(1, killAt - now);
    return lookAt == NEVER ? left : Math.min(left, MEMORY_LOOK);
  }

  /** Kills a process that does not stop, or takes more memory than it may. */
  private void check() throws IOException {
    long now = System.nanoTime();
    if (isToStop && killAt == NEVER) {
      killAt = now + killAfter.toNanos(); // while it is still being written to
    }
    if (killAt != NEVER && now - killAt >= 0) {
      child.kill();
      throw new IOException("it was killed, since it did not stop, or close, in time");
    }
    if (lookAt != NEVER && now - lookAt >= 0) {
      lookAt = now + MEMORY_LOOK;
      long bytes = child.residentBytes();
      if (bytes > plan.settings().maxMemory) {
        child.kill();
        throw new IOException(
            "it was killed, since it had %d bytes in memory, and maxMemory is %d"
                .formatted(bytes, plan.settings().maxMemory));
      }
    }
  }

  private void told(FrameChannel.Frame frame, @Nullable Results<R> results) throws Exception {
    DataInputStream in = frame.body();
    if (results == null) {
      throw new IOException("it answered what nobody asked: " + frame.kind());
    }
    int index = in.readInt();
    switch (frame.kind()) {
      case Message.SUCCEEDED -> succeeded(index, in, results);
      case Message.FAILED -> results.failed(index, Failures.read(in));
      default -> throw new IOException("it answered what nobody asked: " + frame.kind());
    }
  }

  /** A result that cannot be read fails its job alone. */
  private void succeeded(int index, DataInputStream in, Results<R> results) {
    R result;
    try {
      result = result(in);
    } catch (IOException e) {
      results.failed(index, e);
      return;
    }
    results.succeeded(index, result);
  }

  private String ending(IOException failure) throws InterruptedException {
    boolean interrupted = Thread.interrupted();
    try {
      return child.ending() + " (" + failure.getMessage() + ")";
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private String name() {
    return context.workerName();
  }

  /** Between jobs a process that has grown too large is replaced by another. */
  private void renew() throws Exception {
    long most = plan.settings().maxMemory;
    if (isBroken || most == 0 || run <= 1 || child.residentBytes() <= most) {
      return;
    }
    LOG.info("worker '{}' gets a new process: {} bytes in memory", name(), child.residentBytes());
    finish();
    close();
    child = ChildProcess.start(plan.settings(), name(), plan.types());
    isBroken = false;
    open();
  }

  /** Asked, then terminated, then killed. */
  @Override
  public void close() throws Exception {
    Duration patience = Duration.ZERO;
    try {
      if (!isBroken) {
        DataInputStream _ = ask(Message.CLOSE, new byte[0], null);
        patience = TO_END;
      }
    } finally {
      isBroken = true;
      child.end(patience);
    }
  }
}
