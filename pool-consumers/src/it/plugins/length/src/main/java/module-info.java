module consumer.length {
  requires pool.api;

  provides pool.api.WorkerFactory with
      consumer.length.LengthFactory;
}
