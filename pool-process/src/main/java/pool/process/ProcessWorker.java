package pool.process;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
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
import pool.codec.Codecs;

/**
 * The parent's side of a worker in a process: it asks, waits for the answer on the worker's thread,
 * and watches the process meanwhile. A request that is to stop, by {@link #cancel} or an interrupt,
 * is told so; if it has not stopped {@code killAfter} later, the process is killed.
 *
 * <p>A process that has ended, or has sent nonsense, breaks this worker: it is asked nothing more.
 * Whatever happens, {@link #close} leaves no process.
 */
@SuppressWarnings("try") // close() may be interrupted
final class ProcessWorker<J, R> implements Worker<J, R> {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessWorker.class);

  private static final long NEVER = Long.MAX_VALUE;
  private static final long MEMORY_LOOK = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int CLOSE_FACTOR = 5; // of killAfter: nobody tells a close to stop
  private static final Duration TO_END = Duration.ofSeconds(2); // of itself, once it has closed
  private static final int LARGEST_JOB = FrameChannel.LARGEST / 4;

  /**
   * What it needs to start a process, and to talk to it.
   *
   * @param knowsCodecs whether the codecs are the factory's, which is seen here
   */
  record Plan<J, R>(
      ProcessSettings settings,
      List<Class<?>> types,
      ChildContext.Told told,
      Codecs<J, R> codecs,
      boolean knowsCodecs,
      ProcessCounters counters) {}

  private final Plan<J, R> plan;
  private final WorkerContext context;
  private final Duration killAfter;
  private volatile ChildProcess child; // set by the worker's thread

  // Of the worker's thread:
  private boolean takesBatches;
  private boolean isBroken;
  private boolean hasRun; // in this process
  private long number; // of the latest request
  private boolean wasToldToStop;
  private long killAt; // NEVER, or a time of System.nanoTime
  private long lookAt = System.nanoTime(); // at the process's memory

  /**
   * Set by {@link #cancel}, which the pool calls while a run is on the stack. It pings before the
   * next run, so whatever is asked but a run forgets it.
   */
  private volatile boolean isToStop;

  /** Starts the process and opens the worker in it; throws what the opening there has thrown. */
  ProcessWorker(Plan<J, R> plan, WorkerContext context) throws Exception {
    this.plan = plan;
    this.context = context;
    Duration half = context.cancelGrace().dividedBy(2);
    Duration given = plan.settings().killAfter;
    this.killAfter = given.compareTo(half) < 0 ? given : half;
    this.child = start();
    open();
  }

  private ChildProcess start() throws IOException, InterruptedException {
    return ChildProcess.start(plan.settings(), name(), plan.types(), plan.counters());
  }

  private void open() throws Exception {
    boolean opened = false;
    try {
      DataInputStream answer = ask(Message.OPEN, plan.told().bytes(), null);
      takesBatches = answer.readBoolean();
      if (answer.readBoolean() && !plan.knowsCodecs()) {
        throw new IllegalStateException(
            ("factory '%s' has codecs of its own, which only a child sees: put the plugin on the"
                    + " parent's path as well")
                .formatted(plan.told().factory()));
      }
      opened = true;
    } finally {
      if (!opened) {
        isBroken = true;
        child.end(Duration.ZERO);
      }
    }
    hasRun = false;
  }

  /** Whether the worker in the process is a {@link pool.api.BatchWorker}. */
  boolean takesBatches() {
    return takesBatches;
  }

  @Override
  public @Nullable R run(J job) throws Exception {
    byte[] bytes = bytesOf(job);
    renew();
    return result(ask(Message.RUN, Message.bytes(out -> Message.write(bytes, out)), null));
  }

  private byte[] bytesOf(J job) throws IOException {
    byte[] bytes = plan.codecs().jobCodec().toBytes(job);
    if (bytes.length > LARGEST_JOB) {
      throw new IOException(
          "a job of %d bytes is too long for a process, at most %d"
              .formatted(bytes.length, LARGEST_JOB));
    }
    return bytes;
  }

  void runAll(List<J> jobs, Results<R> results) throws Exception {
    renew();
    ByteArrayOutputStream part = new ByteArrayOutputStream(); // as many as a message may have
    DataOutputStream out = new DataOutputStream(part);
    for (int i = 0; i < jobs.size(); i++) {
      byte[] bytes;
      try {
        bytes = bytesOf(jobs.get(i));
      } catch (IOException | RuntimeException e) {
        results.failed(i, e); // alone
        continue;
      }
      if (part.size() + bytes.length > LARGEST_JOB) {
        runPart(part, results);
      }
      out.writeInt(i);
      Message.write(bytes, out);
    }
    runPart(part, results);
  }

  private void runPart(ByteArrayOutputStream part, Results<R> results) throws Exception {
    if (part.size() > 0) {
      byte[] body = part.toByteArray();
      part.reset();
      DataInputStream _ = ask(Message.RUN_ALL, body, results);
    }
  }

  private @Nullable R result(DataInputStream in) throws IOException {
    byte[] bytes = Message.readNullable(in);
    return bytes == null ? null : plan.codecs().resultCodec().fromBytes(bytes);
  }

  @Override
  public void ping() throws Exception {
    DataInputStream _ = ask(Message.PING, new byte[0], null);
  }

  @Override
  public void finish() throws Exception {
    DataInputStream _ = ask(Message.FINISH, new byte[0], null);
  }

  @Override
  public void cancel() {
    isToStop = true;
    child.channel().wakeUp(); // its own thread does the rest, and may be writing
  }

  /**
   * Asks for something and waits for the answer. Of a batch each result is told as it comes. When
   * this ends without the answer, nothing more can be asked: what comes next would be taken for it.
   */
  private DataInputStream ask(int kind, byte[] body, @Nullable Results<R> results)
      throws Exception {
    if (isBroken) {
      throw new WorkerBrokenException("the process of worker '%s' is gone".formatted(name()));
    }
    begin(kind);
    boolean interrupted = false;
    boolean answered = false;
    try {
      byte[] request = Message.request(number, context.isClosing(), body);
      child.channel().write(kind, request, () -> checkAlive(kind));
      while (true) {
        interrupted |= tellToStop(kind);
        FrameChannel.Frame frame = next(kind);
        if (frame == null) {
          continue;
        }
        DataInputStream in = frame.body();
        if (in.readLong() != number) {
          throw new IOException("it answers what it was not asked");
        }
        switch (frame.kind()) {
          case Message.DONE -> {
            answered = true;
            return in;
          }
          case Message.THREW -> {
            Exception thrown = Failures.read(in);
            answered = true;
            throw thrown;
          }
          default -> {
            told(frame.kind(), in, results);
            check(kind);
          }
        }
      }
    } catch (IOException e) {
      throw new WorkerBrokenException(
          "the process of worker '%s' (%d) %s".formatted(name(), child.pid(), ending(e)), e);
    } finally {
      isBroken |= !answered;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Null when it is to be asked for again. */
  private FrameChannel.@Nullable Frame next(int kind) throws IOException {
    FrameChannel.Frame frame = child.channel().read(patience());
    if (frame == null) {
      check(kind);
    }
    if (frame == null && !child.isAlive()) { // its socket may be held by what it has started
      frame = child.channel().read(0);
      if (frame == null) {
        throw new EOFException("the process has ended");
      }
    }
    return frame;
  }

  private void checkAlive(int kind) throws IOException {
    check(kind);
    if (!child.isAlive()) {
      throw new EOFException("the process has ended");
    }
  }

  private void begin(int kind) {
    number++;
    wasToldToStop = false;
    killAt = NEVER;
    if (isRun(kind)) {
      hasRun = true;
    } else {
      isToStop = false;
    }
    if (kind == Message.CLOSE) {
      killAt = System.nanoTime() + CLOSE_FACTOR * plan.settings().killAfter.toNanos();
    }
  }

  private static boolean isRun(int kind) {
    return kind == Message.RUN || kind == Message.RUN_ALL;
  }

  /** Whether an interrupt is to be kept for the caller. */
  private boolean tellToStop(int kind) throws IOException {
    boolean interrupted = Thread.interrupted(); // or no selector would wait
    if ((interrupted || isToStop) && !wasToldToStop) {
      wasToldToStop = true;
      killWithin(killAfter);
      child.stops().write(Message.STOP, Message.bytes(number, _ -> {}), () -> checkAlive(kind));
    }
    return interrupted;
  }

  private void killWithin(Duration time) {
    long at = System.nanoTime() + time.toNanos();
    killAt = killAt == NEVER || at - killAt < 0 ? at : killAt;
  }

  private long patience() {
    long left = killAt == NEVER ? NEVER : Math.max(1, killAt - System.nanoTime());
    return plan.settings().maxMemory == 0 ? left : Math.min(left, MEMORY_LOOK);
  }

  /** Kills a process that does not stop, or takes more memory than it may. */
  private void check(int kind) throws IOException {
    if (isToStop && killAt == NEVER) {
      killWithin(killAfter); // while it is still being written to
    }
    long now = System.nanoTime();
    if (killAt != NEVER && now - killAt >= 0) {
      child.kill();
      throw new IOException("it was killed, since it did not stop, or close, in time");
    }
    long bytes = isRun(kind) ? excessiveMemory(now) : 0;
    if (bytes > 0) {
      child.kill();
      throw new IOException(
          "it was killed, since it had %d bytes in memory, and maxMemory is %d"
              .formatted(bytes, plan.settings().maxMemory));
    }
  }

  /** How much the process has, if that is more than it may have; looks now and then. */
  private long excessiveMemory(long now) {
    long most = plan.settings().maxMemory;
    if (most == 0 || now - lookAt < 0) {
      return 0;
    }
    lookAt = now + MEMORY_LOOK;
    long bytes = child.residentBytes();
    return bytes > most ? bytes : 0;
  }

  private void told(int kind, DataInputStream in, @Nullable Results<R> results) throws Exception {
    if (results == null || kind != Message.TOLD) {
      throw new IOException("it answers what nobody asked: " + kind);
    }
    while (in.available() > 0) {
      int index = in.readInt();
      if (in.readBoolean()) {
        succeeded(index, in, results);
      } else {
        results.failed(index, Failures.read(in));
      }
    }
  }

  private void succeeded(int index, DataInputStream in, Results<R> results) throws IOException {
    R result;
    try {
      result = result(in);
    } catch (IOException | RuntimeException e) {
      results.failed(index, e); // a result that cannot be read fails its job alone
      return;
    }
    results.succeeded(index, result);
  }

  private String ending(IOException failure) {
    if (!(failure instanceof EOFException)) {
      child.kill();
    }
    return child.ending() + " (" + failure.getMessage() + ")";
  }

  private String name() {
    return context.workerName();
  }

  /** Between jobs a process that has grown too large is replaced by another. */
  private void renew() throws Exception {
    long bytes = isBroken || !hasRun ? 0 : excessiveMemory(System.nanoTime());
    if (bytes == 0) {
      return;
    }
    LOG.info("worker '{}' gets a new process: it had {} bytes in memory", name(), bytes);
    try {
      finish();
      close();
    } catch (Exception e) {
      LOG.warn("the old process of worker '{}' did not finish or close", name(), e);
      close();
    }
    try {
      child = start();
      isBroken = false;
      open();
    } catch (IOException e) {
      throw new WorkerBrokenException("worker '%s' got no new process".formatted(name()), e);
    }
  }

  /** Asked, then terminated, then killed. Does nothing the second time. */
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
