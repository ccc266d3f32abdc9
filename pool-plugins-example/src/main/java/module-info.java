import org.jspecify.annotations.NullMarked;

/**
 * Plugins to learn from and to use: {@code note}, {@code download}, {@code query}, {@code command}.
 */
@NullMarked
module pool.plugins.example {
  requires com.fasterxml.jackson.core;
  requires transitive pool.api;
  requires pool.core;
  requires pool.codec;
  requires pool.process;
  requires java.net.http;
  requires transitive java.sql;
  requires static org.jspecify;
  requires org.slf4j;
  requires org.xerial.sqlitejdbc;

  uses java.sql.Driver;

  exports pool.plugins.example.command;
  exports pool.plugins.example.download;
  exports pool.plugins.example.note;

  provides pool.api.WorkerFactory with
      pool.plugins.example.note.NoteFactory,
      pool.plugins.example.command.CommandFactory,
      pool.plugins.example.download.DownloadFactory,
      pool.plugins.example.download.QueryFactory;
}
