package pool.cli.input;

import org.jspecify.annotations.Nullable;

/**
 * A line of the input, or a record that has several.
 *
 * @param number of its first line, from 1
 * @param text what was read; of a line that is too long its beginning, of one that is not UTF-8
 *     what could be read of it
 * @param hash a CRC-32C of all its bytes, without the line's end; by this a later run knows it
 * @param wrong why it makes no job, null when it may
 */
public record InputLine(long number, String text, int hash, @Nullable String wrong) {}
