package pool.plugins.example.download;

/** One document could not be fetched; the failure is recorded in the store. */
public final class DownloadFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What the server answered; 0 when it did not. */
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
   * What the server answered.
   *
   * @return the HTTP status, 0 when there was no answer
   */
  public int status() {
    return status;
  }
}
