module consumer.plugin {
  requires pool.api;

  provides pool.api.WorkerFactory with
      consumer.plugin.LengthFactory;
}
