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
 * <p>A document is committed before its job is done; those that arrive while others are committed
 * share the next transaction. One that is stored and, as its server says, unchanged is not fetched
 * again. A job whose server is busy or cannot be reached waits and is run again, while other hosts
 * are asked. What cannot be fetched fails its job alone and is recorded. When the batch is
 * complete, every stored digest is confirmed and the text documents are indexed.
 */
public final class DownloadFactory implements WorkerFactory<URI, Stored> {

  private final HostPauses hosts = new HostPauses(System::nanoTime);
  private final SharedStores stores = new SharedStores();

  /** For {@link java.util.ServiceLoader}. */
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
