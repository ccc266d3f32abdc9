package pool.benchmarks;

/** What is done with one job, the same for every peer. */
@FunctionalInterface
interface Work {

  /** The least there is: the result is the job, so that neither a job nor a result is allocated. */
  Work TRIVIAL = job -> job;

  Integer run(Integer job);
}
