package pool.testkit;

import pool.api.Worker;
import pool.api.WorkerFactory;

/** The kinds of calls to a factory and its workers. */
public enum WorkerCall {
  /** {@link WorkerFactory#open}. */
  OPEN,
  /** {@link Worker#run}. */
  RUN,
  /** {@link Worker#finish}. */
  FINISH,
  /** {@link Worker#ping}. */
  PING,
  /** {@link Worker#cancel}, the only call that comes from another thread. */
  CANCEL,
  /** {@link Worker#close}. */
  CLOSE
}
