module consumer.modules {
  requires pool.metrics;
}
