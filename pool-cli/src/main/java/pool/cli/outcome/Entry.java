package pool.cli.outcome;

import org.jspecify.annotations.Nullable;

/**
 * What an outcome line says of a line of input.
 *
 * @param line its number, from 1
 * @param text what was read, as it is shown
 * @param hash the CRC-32C of its bytes
 * @param outcome what became of it
 * @param reason why it failed, null when it did not
 */
public record Entry(long line, String text, int hash, Outcome outcome, @Nullable String reason) {}
