package pool.plugins.example.download;

import java.io.Serializable;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A document that is durably in the store. It can travel from a cluster.
 *
 * @param uri its key in the store: where it came from, without fragment and credentials
 * @param status the server's answer: 200, or 304 when the stored document is still current
 * @param bytes its size
 * @param sha256 the digest of its bytes, in hexadecimal
 * @param contentType its type according to the server; null when the server gave none
 */
public record Stored(URI uri, int status, long bytes, String sha256, @Nullable String contentType)
    implements Serializable {}
