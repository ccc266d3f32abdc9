package pool.cli.outcome;

import org.jspecify.annotations.Nullable;

/**
 * The content of an outcome line.
 *
 * @param line the number of the input line, from 1
 * @param text what was read, as it is shown
 * @param hash the CRC-32C of the line's bytes
 * @param outcome what became of it
 * @param reason why it failed, null when it did not
 */
public record Entry(long line, String text, int hash, Outcome outcome, @Nullable String reason) {}
