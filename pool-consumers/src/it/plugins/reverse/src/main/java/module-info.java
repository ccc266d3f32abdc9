module consumer.reverse {
  requires pool.api;

  provides pool.api.WorkerFactory with
      consumer.reverse.ReverseFactory;
}
