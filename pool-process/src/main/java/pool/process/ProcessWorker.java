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
 * The parent's side of a worker in a process: sends requests, waits for the answers on the worker's
 * thread, and watches the process meanwhile. When {@link #cancel} or an interrupt stops a request,
 * this tells the process; if the request has not stopped {@code killAfter} later, it kills the
 * process.
 *
 * <p>A process that has ended, or has sent nonsense, breaks this worker, which then sends no more
 * requests. Whatever happens, {@link #close} leaves no process behind.
 */
@SuppressWarnings("try") // close() may be interrupted
final class ProcessWorker<J, R> implements Worker<J, R> {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessWorker.class);

  private static final long MEMORY_CHECK = TimeUnit.MILLISECONDS.toNanos(100);
  private static final int CLOSE_FACTOR = 5; // times killAfter, since nothing stops a close
  private static final Duration TO_END = Duration.ofSeconds(2); // by itself, after it has closed
  private static final int PARTS_OF_HEAP = 16; // a message of jobs is in memory several times

  /**
   * What is needed to start a process, and to communicate with it.
   *
   * @param types classes that the process must see
   */
  record Plan<J, R>(
      ProcessSettings settings,
      List<Class<?>> types,
      OpenRequest request,
      Codecs<J, R> codecs,
      ProcessCounters counters) {}

  /** Between one look at the memory and the next. */
  private static final class Interval {

    private long end = System.nanoTime();

    /** Whether it is over; then the next begins. */
    boolean isOver() {
      long now = System.nanoTime();
      if (now - end < 0) {
        return false;
      }
      end = now + MEMORY_CHECK;
      return true;
    }
  }

  private final Plan<J, R> plan;
  private final WorkerContext context;
  private final StopClock clock;
  private volatile ChildProcess child; // set by the worker's thread

  // Used by the worker's thread only:
  private boolean takesBatches;
  private boolean isBroken; // no further request is possible
  private boolean hasRun; // in this process
  private boolean isRenewing;
  private long number; // of the latest request
  private int received; // its results so far
  private final Interval checksInRun = new Interval();
  private final Interval checksBetween = new Interval(); // or those in runs would come first
  private @Nullable Exception endFailure; // of a process before this one, the first that failed

  /** Starts the process and opens the worker in it; throws what the opening there throws. */
  ProcessWorker(Plan<J, R> plan, WorkerContext context) throws Exception {
    this.plan = plan;
    this.context = context;
    Duration given = plan.settings().killAfter;
    Duration grace = context.cancelGrace();
    this.clock =
        new StopClock(
            shorter(given, grace.dividedBy(2)),
            shorter(given.multipliedBy(CLOSE_FACTOR), grace.dividedBy(3).multipliedBy(2)));
    this.child = start();
    open();
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private ChildProcess start() throws IOException, InterruptedException {
    return ChildProcess.start(plan.settings(), name(), plan.types(), plan.counters());
  }

  private void open() throws Exception {
    isBroken = false;
    hasRun = false;
    boolean opened = false;
    try {
      takesBatches = ask(Message.OPEN, plan.request().bytes(), null).readBoolean();
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
    byte[] bytes = bytesOf(job);
    clock.runBegins();
    try {
      renew();
      return result(ask(Message.RUN, Message.bytes(out -> Message.write(bytes, out)), null));
    } finally {
      clock.runEnds();
    }
  }

  private byte[] bytesOf(J job) throws IOException {
    byte[] bytes = Values.toBytes(plan.codecs().jobCodec(), job);
    Message.requireFits("job", bytes.length);
    return bytes;
  }

  void runAll(List<J> jobs, Results<R> results) throws Exception {
    clock.runBegins();
    try {
      renew();
      runParts(jobs, results);
    } finally {
      clock.runEnds();
    }
  }

  private void runParts(List<J> jobs, Results<R> results) throws Exception {
    ByteArrayOutputStream part = new ByteArrayOutputStream(); // as many jobs as fit into a message
    DataOutputStream out = new DataOutputStream(part);
    for (int i = 0; i < jobs.size(); i++) {
      byte[] bytes;
      try {
        bytes = bytesOf(jobs.get(i));
      } catch (IOException | RuntimeException e) {
        results.failed(i, e); // fails this job only
        continue;
      }
      if (part.size() > 0 && part.size() + bytes.length > largestPart()) {
        runPart(part, results);
      }
      out.writeInt(i);
      Message.write(bytes, out);
    }
    runPart(part, results);
  }

  private long largestPart() {
    return Math.min(Message.LARGEST_VALUE, plan.settings().heapBytes() / PARTS_OF_HEAP);
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
    return bytes == null ? null : Values.fromBytes(plan.codecs().resultCodec(), bytes);
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
    clock.cancel();
    child.channel().wakeUp(); // the worker's thread, which may be writing, does the rest
  }

  /**
   * Sends a request and waits for the answer. Reports each result of a batch when it comes. If this
   * ends without the answer, no further request is possible, since the late answer would be taken
   * for the next one.
   */
  private DataInputStream ask(int kind, byte[] body, @Nullable Results<R> results)
      throws Exception {
    if (isBroken) {
      throw new WorkerBrokenException(
          "nothing more can be asked of the process of worker '%s'".formatted(name()));
    }
    begin(kind);
    boolean interrupted = false;
    boolean answered = false;
    try {
      byte[] request = Message.request(number, context.isClosing(), body);
      child.channel().write(kind, request, () -> checkAlive(kind));
      while (true) {
        interrupted |= Thread.interrupted(); // otherwise no selector would wait
        tellToStop(interrupted, kind);
        FrameChannel.Frame frame = next(kind);
        if (frame == null) {
          continue;
        }
        DataInputStream in = frame.body();
        if (in.readLong() != number) {
          throw new BadMessageException("it answers a request that was answered before");
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
            passOn(frame.kind(), in, results);
            check(kind);
          }
        }
      }
    } catch (IOException e) {
      String ending = ending(e);
      if (results != null) {
        passOnWhatHasCome(results);
        passOnWhatIsLeft(results);
      }
      throw new WorkerBrokenException(
          "the process of worker '%s' (pid %d) %s".formatted(name(), child.pid(), ending), e);
    } finally {
      isBroken |= !answered;
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns the next message; null when the caller must try again. */
  private FrameChannel.@Nullable Frame next(int kind) throws IOException {
    FrameChannel.Frame frame = child.channel().read(patience());
    if (frame == null) {
      check(kind);
    }
    if (frame == null && !child.isAlive()) { // a descendant may hold its socket
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

  /**
   * Begins a request. Cancelling a job does not stop requests that end a worker, since nothing
   * would do later what they leave undone; they only have a time limit, which a cancel shortens.
   */
  private void begin(int kind) {
    number++;
    received = 0;
    hasRun |= isRun(kind);
    if (kind == Message.CLOSE || (kind == Message.FINISH && isRenewing)) {
      clock.begin(plan.settings().killAfter.multipliedBy(CLOSE_FACTOR));
    } else {
      clock.begin();
    }
  }

  private static boolean isRun(int kind) {
    return kind == Message.RUN || kind == Message.RUN_ALL;
  }

  private void tellToStop(boolean interrupted, int kind) throws IOException {
    if (clock.tells(interrupted)) {
      child.stops().write(Message.STOP, Message.bytes(number, _ -> {}), () -> checkAlive(kind));
    }
  }

  private long patience() {
    long left = clock.left();
    return plan.settings().maxRunMemory == 0 ? left : Math.min(left, MEMORY_CHECK);
  }

  /** Kills a process that does not stop, or uses too much memory. */
  private void check(int kind) throws IOException {
    if (clock.isDue()) {
      child.kill();
      throw new KilledException(
          isRun(kind)
              ? "it did not stop within %s (killAfter)".formatted(clock.limit())
              : "it did not finish, or close, within " + clock.limit());
    }
    long most = plan.settings().maxRunMemory;
    long bytes = isRun(kind) && checksInRun.isOver() ? excess(most) : 0;
    if (bytes > 0) {
      child.kill();
      throw new KilledException(
          "it had %d bytes in memory, and may have %d (maxMemory) while it runs a job"
              .formatted(bytes, most));
    }
  }

  /** How much memory the process uses if that exceeds a limit; otherwise 0. */
  private long excess(long most) {
    long bytes = most == 0 ? 0 : child.residentBytes();
    return bytes > most ? bytes : 0;
  }

  private void passOn(int kind, DataInputStream in, @Nullable Results<R> results) throws Exception {
    if (results == null || kind != Message.RESULTS) {
      throw new BadMessageException(
          "it sends a message of kind %d, for which nobody has asked".formatted(kind));
    }
    passOn(in, results);
  }

  private void passOn(DataInputStream in, Results<R> results) throws Exception {
    while (in.available() > 0) {
      int index = in.readInt();
      received++;
      if (in.readBoolean()) {
        succeeded(index, in, results);
      } else {
        results.failed(index, Failures.read(in));
      }
    }
  }

  /**
   * Passes on messages that have arrived; perhaps a failed write has kept this from reading them.
   */
  private void passOnWhatHasCome(Results<R> results) throws Exception {
    try {
      FrameChannel.Frame frame = child.channel().read(0);
      while (frame != null) {
        if (frame.kind() == Message.RESULTS && frame.body().readLong() == number) {
          passOn(frame.body(), results);
        }
        frame = child.channel().read(0);
      }
    } catch (IOException e) {
      LOG.debug("nothing more comes of worker '{}'", name(), e);
    }
  }

  /** Passes on results that the worker of an ended process had reported, but not yet sent. */
  private void passOnWhatIsLeft(Results<R> results) throws Exception {
    try {
      ResultsFile.Left left = child.resultsLeft(number);
      if (left.sent() == received) { // otherwise the last results sent were lost with the socket
        passOn(left.results(), results);
      }
    } catch (IOException | RuntimeException e) { // a process may leave anything there
      LOG.warn("the last results of worker '{}' cannot be read", name(), e);
    }
  }

  private void succeeded(int index, DataInputStream in, Results<R> results) throws IOException {
    R result;
    try {
      result = result(in);
    } catch (IOException | RuntimeException e) {
      results.failed(index, e); // an unreadable result fails its job alone
      return;
    }
    results.succeeded(index, result);
  }

  /** The end of a sentence about the process; when this returns, the process has ended. */
  private String ending(IOException failure) {
    return switch (failure) {
      case KilledException killed ->
          "was killed: %s; it %s".formatted(killed.getMessage(), child.ending());
      case BadMessageException bad -> {
        child.kill();
        yield "was killed, since it broke the protocol: %s; it %s"
            .formatted(bad.getMessage(), child.ending());
      }
      default -> child.ending();
    };
  }

  private String name() {
    return context.workerName();
  }

  /**
   * Replaces the process before a job, if it has grown too large or has ended between requests. The
   * job has not begun.
   */
  private void renew() throws Exception {
    if (isBroken || !isToBeRenewed()) {
      return;
    }
    isRenewing = true;
    try {
      closeBeforeRenewal();
      requireWanted();
      child = start();
      open();
    } catch (InterruptedException e) {
      throw e; // the job was cancelled
    } catch (Exception e) {
      throw new WorkerBrokenException(
          "worker '%s' got no new process: %s".formatted(name(), e.getMessage()), e);
    } finally {
      isRenewing = false;
    }
    requireWanted();
  }

  private void requireWanted() throws InterruptedException {
    if (clock.isCancelled()) {
      throw new InterruptedException("cancelled while the worker got a new process");
    }
  }

  private boolean isToBeRenewed() {
    if (!child.isAlive()) {
      LOG.warn("worker '{}' gets a new process: the old one {}", name(), child.ending());
      isBroken = true; // the old process takes no requests
      return true;
    }
    long most = plan.settings().maxMemory;
    long bytes = hasRun && most > 0 && checksBetween.isOver() ? excess(most) : 0;
    if (bytes > 0) {
      LOG.info(
          "worker '{}' gets a new process: the old one had {} bytes in memory, and may keep {}",
          name(),
          bytes,
          most);
    }
    return bytes > 0;
  }

  private void closeBeforeRenewal() {
    try {
      if (!isBroken) {
        finish();
      }
    } catch (Exception e) {
      endFailed("finish", e);
    }
    try {
      end();
    } catch (Exception e) {
      endFailed("close", e);
    }
  }

  private void endFailed(String what, Exception e) {
    LOG.warn("the old process of worker '{}' did not {}", name(), what, e);
    endFailure = endFailure == null ? e : endFailure;
  }

  /**
   * Ends the process; a second call does nothing. What an earlier process threw when it was to
   * finish or close, the first that did, is thrown here, too, so that the pool reports it.
   */
  @Override
  public void close() throws Exception {
    Exception earlier = endFailure;
    endFailure = null;
    try {
      end();
    } catch (Exception e) {
      if (earlier != null) {
        e.addSuppressed(earlier);
      }
      throw e;
    }
    if (earlier != null) {
      throw earlier;
    }
  }

  /** Asks the process to end, then terminates it, then kills it. A second call does nothing. */
  private void end() throws Exception {
    boolean answered = false;
    try {
      if (!isBroken) {
        child.noteDescendants();
        try {
          DataInputStream _ = ask(Message.CLOSE, new byte[0], null);
        } finally {
          answered = !isBroken; // even if the worker threw
        }
      }
    } finally {
      isBroken = true;
      child.end(answered ? clock.toExit(TO_END) : Duration.ZERO);
    }
  }
}
