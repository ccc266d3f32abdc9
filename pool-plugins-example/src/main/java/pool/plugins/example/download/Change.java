package pool.plugins.example.download;

import java.net.URI;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;

/** What a job changes in the store. Applying the same change twice makes no difference. */
sealed interface Change {

  /** The document's key in the store. */
  URI uri();

  /** A document as its server sent it; removes an earlier failure. */
  record Put(Stored stored, HttpResponse<byte[]> response) implements Change {

    static Put of(URI uri, HttpResponse<byte[]> response) {
      byte[] body = response.body();
      String digest = Sha256.of(body);
      String type = header(response, "Content-Type");
      return new Put(new Stored(uri, response.statusCode(), body.length, digest, type), response);
    }

    @Override
    public URI uri() {
      return stored.uri();
    }

    @Nullable String contentEncoding() {
      String all = String.join(", ", response.headers().allValues("Content-Encoding"));
      return all.isBlank() ? null : storable(all);
    }

    @Nullable String etag() {
      return header(response, "ETag");
    }

    @Nullable String lastModified() {
      return header(response, "Last-Modified");
    }

    private static @Nullable String header(HttpResponse<?> response, String name) {
      return response.headers().firstValue(name).map(Change::storable).orElse(null);
    }
  }

  /** The stored document is still the current one; removes an earlier failure. */
  record Confirm(URI uri) implements Change {}

  /** A document could not be fetched; a document stored by an earlier run stays. */
  record Fail(URI uri, int status, String reason) implements Change {

    static Fail of(URI uri, DownloadFailedException failure) {
      return new Fail(uri, failure.status(), storable(String.valueOf(failure.getMessage())));
    }
  }

  /** Replaces NUL, which PostgreSQL does not allow in a text. */
  private static String storable(String text) {
    return text.replace('\0', '\uFFFD');
  }
}
