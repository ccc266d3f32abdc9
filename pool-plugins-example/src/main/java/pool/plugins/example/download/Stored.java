package pool.plugins.example.download;

import java.io.Serializable;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A document that is durably in the store. It can travel from a cluster.
 *
 * @param uri its key in the store: where it came from, without fragment and credentials
 * @param status what the server answered: 200, or 304 when the stored document is still the current
 *     one
 * @param bytes its size
 * @param sha256 the digest of its bytes, in hexadecimal
 * @param contentType what the server called it, null when it did not
 */
public record Stored(URI uri, int status, long bytes, String sha256, @Nullable String contentType)
    implements Serializable {}
