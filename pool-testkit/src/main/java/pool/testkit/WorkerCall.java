package pool.testkit;

import pool.api.Worker;
import pool.api.WorkerFactory;

/** What is called on a factory and on its workers. */
public enum WorkerCall {
  /** {@link WorkerFactory#open}. */
  OPEN,
  /** {@link Worker#run}. */
  RUN,
  /** {@link Worker#finish}. */
  FINISH,
  /** {@link Worker#ping}. */
  PING,
  /** {@link Worker#cancel}, from another thread than all the others. */
  CANCEL,
  /** {@link Worker#close}. */
  CLOSE
}
