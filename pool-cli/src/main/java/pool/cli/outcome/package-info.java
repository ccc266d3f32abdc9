/** Reads files of outcomes, in the format that {@code pool run} writes. */
@NullMarked
package pool.cli.outcome;

import org.jspecify.annotations.NullMarked;
