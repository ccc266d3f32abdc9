module consumer.runtime {
  requires pool.metrics;
  requires pool.process;
}
