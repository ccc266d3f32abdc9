package pool.flink.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/**
 * A plugin whose jobs are numbers and take a while, and whose workers keep a journal of what they
 * do. It reaches the cluster in a jar of its own, by the class loader of the job.
 */
public final class NapFactory implements WorkerFactory<Long, Long> {

  static final Option<Path> JOURNAL =
      Option.optional(
          "journal",
          Path::of,
          Path.of(""),
          "folder for what each worker did; not written by default");
  static final Option<Boolean> EACH =
      Option.optional("each", Boolean::valueOf, true, "whether each job is written down");
  static final Option<Long> MILLIS =
      Option.optional("millis", Long::valueOf, 5L, "how long a job takes");
  static final Option<Long> SLOW_MILLIS =
      Option.optional("slow-millis", Long::valueOf, 0L, "how much longer every fourth one takes");
  static final Option<Long> FAIL_EVERY =
      Option.optional("fail-every", Long::valueOf, 0L, "which jobs fail; 0 for none");

  /** For {@link java.util.ServiceLoader}. */
  public NapFactory() {}

  @Override
  public String name() {
    return "nap";
  }

  @Override
  public Class<Long> jobType() {
    return Long.class;
  }

  @Override
  public Class<Long> resultType() {
    return Long.class;
  }

  @Override
  public List<Option<?>> options() {
    return List.of(JOURNAL, EACH, MILLIS, SLOW_MILLIS, FAIL_EVERY);
  }

  @Override
  public Worker<Long, Long> open(WorkerContext context) throws IOException {
    return new Nap(context);
  }

  /** Writes into a file that is its own; what was written outlives a kill of the process. */
  private static final class Nap implements Worker<Long, Long> {

    private final OutputStream journal;
    private final boolean each;
    private final long millis;
    private final long slowMillis;
    private final long failEvery;
    private long ended = System.currentTimeMillis(); // the last job; as all processes have it

    Nap(WorkerContext context) throws IOException {
      Path folder = context.get(JOURNAL);
      String file = ProcessHandle.current().pid() + "-" + context.workerName();
      this.journal =
          folder.toString().isEmpty()
              ? OutputStream.nullOutputStream()
              : Files.newOutputStream(folder.resolve(file), CREATE, APPEND);
      this.each = context.get(EACH);
      this.millis = context.get(MILLIS);
      this.slowMillis = context.get(SLOW_MILLIS);
      this.failEvery = context.get(FAIL_EVERY);
      note("open " + ended);
    }

    void note(String what) throws IOException {
      journal.write((what + "\n").getBytes(US_ASCII));
    }

    @Override
    public Long run(Long job) throws Exception {
      TimeUnit.MILLISECONDS.sleep(job % 4 == 0 ? millis + slowMillis : millis);
      ended = System.currentTimeMillis();
      if (each) {
        note(job.toString());
      }
      if (failEvery > 0 && job % failEvery == 0) {
        throw new IllegalStateException("job " + job + " fails on purpose");
      }
      return -job;
    }

    @Override
    public void close() throws IOException {
      note("close " + ended);
      journal.close();
    }
  }
}
