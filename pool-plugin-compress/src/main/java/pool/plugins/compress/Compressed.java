package pool.plugins.compress;

import java.io.Serializable;

/**
 * A file whose compressed form is durably stored.
 *
 * @param file the original file, which stays as it is
 * @param stored the compressed file
 * @param bytes the size of the original file
 * @param compressed the size of the compressed file
 */
public record Compressed(String file, String stored, long bytes, long compressed)
    implements Serializable {}
