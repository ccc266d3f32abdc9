package pool.plugins.compress;

import java.nio.file.Path;

/**
 * A file whose compressed form is durably stored.
 *
 * @param file what was compressed, which stays as it is
 * @param stored the compressed file
 * @param bytes the size of the first
 * @param compressed the size of the second
 */
public record Compressed(Path file, Path stored, long bytes, long compressed) {}
