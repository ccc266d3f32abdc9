package pool.plugins.example.note;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Opens workers that log when they are opened, run a job, and are closed. */
public final class NoteFactory implements WorkerFactory<Integer, Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(NoteFactory.class);

  /** Called by {@link java.util.ServiceLoader}. */
  public NoteFactory() {}

  @Override
  public String name() {
    return "note";
  }

  @Override
  public Class<Integer> jobType() {
    return Integer.class;
  }

  @Override
  public Class<Integer> resultType() {
    return Integer.class;
  }

  @Override
  public String description() {
    return "logs open, each job and close: the life of a worker";
  }

  @Override
  public Worker<Integer, Integer> open(WorkerContext context) {
    LOG.info("{}: open", context.workerName());
    return new NoteWorker(context.workerName());
  }

  @SuppressWarnings("try") // close() may be interrupted
  private record NoteWorker(String name) implements Worker<Integer, Integer> {

    @Override
    public Integer run(Integer job) {
      LOG.info("{}: run {}", name, job);
      return job;
    }

    @Override
    public void close() {
      LOG.info("{}: close", name);
    }
  }
}
