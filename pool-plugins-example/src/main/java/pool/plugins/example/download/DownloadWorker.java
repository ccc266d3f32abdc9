package pool.plugins.example.download;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;

/** Has one HTTP client, and one database connection to read with; the shared store writes. */
@SuppressWarnings("try") // close() may be interrupted
final class DownloadWorker implements Worker<URI, Stored> {

  private final WorkerContext context;
  private final Fetcher fetcher;
  private final Session session;
  private final Store store;
  private final SharedStores.Writes writes;

  /** The context owns what this opens, and closes it after the worker, or when this throws. */
  DownloadWorker(WorkerContext context, HostPauses hosts, SharedStores stores)
      throws SQLException, WorkerBrokenException, InterruptedException {
    this.context = context;
    this.fetcher = context.own(new Fetcher(context, hosts));
    this.session = context.own(Session.ofStore(context.get(Database.URL)));
    this.store = new Store(session);
    this.writes =
        context.own(
            stores.open(
                context.get(Database.URL),
                context.poolName(),
                context.index() == 0,
                this::buildIndex));
  }

  @Override
  public Stored run(URI job) throws Exception {
    Address address = Address.of(job);
    try {
      return fetchAndStore(address);
    } catch (SQLException e) {
      session.requireAlive(e);
      throw e;
    }
  }

  private Stored fetchAndStore(Address address) throws Exception {
    try {
      long _ = fetcher.awaitPause(address); // before the store is read
      Store.Known known = store.find(address.uri());
      HttpResponse<byte[]> response =
          known == null
              ? fetcher.fetch(address, null, null)
              : fetcher.fetch(address, known.etag(), known.lastModified());
      if (response.statusCode() == 200) {
        Change.Put put = Change.Put.of(address.uri(), response);
        writes.write(put);
        return put.stored();
      }
      if (known == null) {
        throw new DownloadFailedException(304, "HTTP status 304 for what was never stored");
      }
      writes.write(new Change.Confirm(address.uri()));
      return known.stored();
    } catch (DownloadFailedException e) {
      record(address.uri(), e);
      throw e;
    } catch (RetryLaterException e) {
      if (e.getCause() instanceof DownloadFailedException failure) {
        record(address.uri(), failure); // this may have been the last try
      }
      throw e;
    }
  }

  /**
   * Records a failure. If that is impossible, the failure remains the reason why the job failed.
   */
  private void record(URI uri, DownloadFailedException failure)
      throws WorkerBrokenException, InterruptedException {
    try {
      writes.write(Change.Fail.of(uri, failure));
    } catch (SQLException e) {
      failure.addSuppressed(e);
      session.requireAlive(e);
    }
  }

  @Override
  public void ping() throws WorkerBrokenException {
    session.ping();
  }

  /**
   * When the batch is complete, the last worker that leaves the store builds the index: every
   * document is committed by then. One that is recycled while the pool closes leaves before others.
   */
  @Override
  public void finish() {
    if (context.isClosing()) {
      writes.complete();
    }
  }

  private void buildIndex() throws SQLException, IOException, WorkerBrokenException {
    new TextIndex(session, Math.toIntExact(context.get(Fetcher.MAX_BYTES))).build();
  }
}
