/**
 * Fetches documents over HTTP and stores them in a database; each worker has one HTTP client and
 * one connection. To read the code: {@link pool.plugins.example.download.DownloadFactory} opens a
 * {@code DownloadWorker}, which uses a {@code Fetcher} and a {@code Store} over a {@code Session}.
 * When the batch is complete, {@code TextIndex} confirms and indexes what was stored. {@link
 * pool.plugins.example.download.QueryFactory} reads it back.
 */
package pool.plugins.example.download;
