// @start region="module"
module shout {
  requires pool.api;
  provides pool.api.WorkerFactory with shout.ShoutFactory;
}
// @end
