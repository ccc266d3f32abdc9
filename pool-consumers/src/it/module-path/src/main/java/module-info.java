module consumer.modules {
  requires pool.core;
}
