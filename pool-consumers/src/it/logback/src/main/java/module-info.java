module consumer.logback {
  requires pool.core;
}
