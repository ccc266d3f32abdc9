package pool.plugins.example.download;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;

/** One HTTP client, one database connection. */
@SuppressWarnings("try") // close() may be interrupted
final class DownloadWorker implements Worker<URI, Stored> {

  private final WorkerContext context;
  private final Fetcher fetcher;
  private final Store store;

  /** Both are owned by the context, which closes them after the worker, or when this throws. */
  DownloadWorker(WorkerContext context) throws SQLException {
    this.context = context;
    this.fetcher = context.own(new Fetcher(context));
    this.store = new Store(context.own(Database.connect(context.get(Database.URL))));
  }

  @Override
  public Stored run(URI uri) throws Exception {
    try {
      return fetchAndStore(uri);
    } catch (SQLException e) {
      Database.requireAlive(store.connection(), e);
      throw e;
    }
  }

  private Stored fetchAndStore(URI uri)
      throws SQLException, WorkerBrokenException, DownloadFailedException, InterruptedException {
    Store.Known known = store.find(uri);
    try {
      HttpResponse<byte[]> response =
          known == null
              ? fetcher.fetch(uri, null, null)
              : fetcher.fetch(uri, known.etag(), known.lastModified());
      if (response.statusCode() == 200) {
        return store.put(uri, response);
      }
      if (known == null) {
        throw new DownloadFailedException(304, "HTTP status 304 for what was never stored");
      }
      return store.confirm(known.stored());
    } catch (DownloadFailedException e) {
      store.putFailure(uri, e);
      throw e;
    }
  }

  @Override
  public void ping() throws Exception {
    Database.ping(store.connection());
  }

  /**
   * When the batch is complete, one worker builds the index: every document is committed by now.
   */
  @Override
  public void finish() throws SQLException, IOException {
    if (context.index() == 0 && context.isClosing()) {
      new TextIndex(store.connection(), Database.of(context.get(Database.URL))).build();
    }
  }
}
