package pool.plugins.example.download;

/** One document could not be fetched; the failure is recorded in the store. */
public final class DownloadFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  /** The HTTP status of the answer; 0 when there was none. */
  private final int status;

  DownloadFailedException(int status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  DownloadFailedException(int status, String message) {
    super(message);
    this.status = status;
  }

  /**
   * The HTTP status of the server's answer.
   *
   * @return the status, 0 when there was no answer
   */
  public int status() {
    return status;
  }
}
