// @start region="module"
/** A plugin that asks a server: one connection for each worker. */
module com.example.ask {
  requires pool.api;

  provides pool.api.WorkerFactory with com.example.ask.AskFactory;
}
// @end
