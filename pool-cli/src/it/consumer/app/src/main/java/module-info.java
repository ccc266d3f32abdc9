module consumer.app {
  requires pool.core;
}
