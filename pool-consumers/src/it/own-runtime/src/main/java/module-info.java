module consumer.runtime {
  requires pool.core;
}
