package pool.flink;

import java.util.List;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** The factory of the tests, whose workers tell the {@link Probe} what they do. */
public final class ProbeFactory implements WorkerFactory<ProbeJob, ProbeResult> {

  static final Option<Integer> LIMIT =
      Option.optional("limit", Integer::valueOf, 0, "a number that no worker cares about");

  static final Option<String> PASSWORD =
      Option.optional("password", text -> text, "none", "a secret").secret();

  @Override
  public String name() {
    return "probe";
  }

  @Override
  public Class<ProbeJob> jobType() {
    return ProbeJob.class;
  }

  @Override
  public Class<ProbeResult> resultType() {
    return ProbeResult.class;
  }

  @Override
  public List<Option<?>> options() {
    return List.of(LIMIT, PASSWORD);
  }

  /** A number, or one with what is to be done: {@code 7 FAIL}. */
  @Override
  public ProbeJob read(String line) {
    String[] words = line.strip().split(" ");
    return new ProbeJob(
        Integer.parseInt(words[0]),
        words.length > 1 ? ProbeJob.Act.valueOf(words[1]) : ProbeJob.Act.SUCCEED);
  }

  @Override
  public Worker<ProbeJob, ProbeResult> open(WorkerContext context) {
    return new ProbeWorker(context.workerName());
  }

  private static final class ProbeWorker implements Worker<ProbeJob, ProbeResult> {

    private final Thread thread = Thread.currentThread();
    private final String name;

    ProbeWorker(String name) {
      this.name = name;
      Probe.opens();
    }

    @Override
    public ProbeResult run(ProbeJob job) throws Exception {
      requireOwnThread("run");
      int runs = Probe.runs(job.number());
      switch (job.act()) {
        case FAIL ->
            throw new IllegalStateException("no. " + job.number(), new OnlyHere("the cause"));
        case BREAK -> {
          if (runs == 1) {
            throw new WorkerBrokenException("broken by no. " + job.number());
          }
        }
        case HOLD -> Probe.hold();
        case STRANGE -> {
          return new ProbeResult(job.number(), name, new Thread[0].getClass());
        }
        case LARGE -> {
          return new ProbeResult(job.number(), "x".repeat(job.number()), null);
        }
        case SUCCEED -> {}
      }
      return new ProbeResult(job.number(), name, null);
    }

    @Override
    public void finish() {
      requireOwnThread("finish");
      Probe.finishes();
    }

    @Override
    public void close() {
      requireOwnThread("close");
      Probe.closes();
    }

    private void requireOwnThread(String what) {
      if (Thread.currentThread() != thread) {
        Probe.isWrong(name + ": " + what + " on " + Thread.currentThread());
      }
    }
  }

  /** No client knows it. */
  private static final class OnlyHere extends Exception {
    private static final long serialVersionUID = 1L;

    OnlyHere(String message) {
      super(message);
    }
  }
}
