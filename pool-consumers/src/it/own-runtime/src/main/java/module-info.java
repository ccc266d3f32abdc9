module consumer.runtime {
  requires pool.metrics;
}
