/** A plugin: see {@link ${package}.JournalFactory}. */
module ${package} {
  requires transitive pool.api;

  exports ${package};

  provides pool.api.WorkerFactory with
      ${package}.JournalFactory;
}
