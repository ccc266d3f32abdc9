/** A plugin: see {@link ${javaPackage}.${className}}. */
module ${javaPackage} {
  requires transitive pool.api;

  exports ${javaPackage};

  provides pool.api.WorkerFactory with
      ${javaPackage}.${className};
}
