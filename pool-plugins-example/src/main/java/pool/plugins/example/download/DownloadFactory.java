package pool.plugins.example.download;

import java.net.URI;
import java.util.List;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/**
 * Opens workers that fetch documents and store them.
 *
 * <p>A document is committed before its job is done; documents that arrive during a commit share
 * the next transaction. A stored document is not fetched again if its server says that it is
 * unchanged. If a server is busy or cannot be reached, its job waits and is run again, while jobs
 * for other hosts go on. A document that cannot be fetched fails only its own job, and the failure
 * is recorded. When the batch is complete, every stored digest is confirmed and the text documents
 * are indexed.
 */
public final class DownloadFactory implements WorkerFactory<URI, Stored> {

  private final HostPauses hosts = new HostPauses(System::nanoTime);
  private final SharedStores stores = new SharedStores();

  /** Called by {@link java.util.ServiceLoader}. */
  public DownloadFactory() {}

  @Override
  public String name() {
    return "download";
  }

  @Override
  public Class<URI> jobType() {
    return URI.class;
  }

  @Override
  public Class<Stored> resultType() {
    return Stored.class;
  }

  @Override
  public String description() {
    return "fetches documents over HTTP, stores them in a database and indexes them";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(
        Database.URL, Fetcher.TIMEOUT, Fetcher.MAX_WAIT, Fetcher.USER_AGENT, Fetcher.MAX_BYTES);
  }

  @Override
  public Worker<URI, Stored> open(WorkerContext context) throws Exception {
    return new DownloadWorker(context, hosts, stores);
  }
}
