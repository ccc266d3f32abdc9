package pool.cli.input;

import org.jspecify.annotations.Nullable;

/**
 * A line of the input, or a record of several lines.
 *
 * @param number the number of its first line, from 1
 * @param text what was read; of a line that is too long only its beginning, of one that is not
 *     UTF-8 the readable part
 * @param hash a CRC-32C of all its bytes, without the line's end; a later run recognizes it by this
 * @param wrong why it makes no job, null when it may
 */
public record InputLine(long number, String text, int hash, @Nullable String wrong) {}
