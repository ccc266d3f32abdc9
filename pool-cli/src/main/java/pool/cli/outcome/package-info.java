/** What a file of outcomes says: the format that {@code pool run} writes, read again. */
@NullMarked
package pool.cli.outcome;

import org.jspecify.annotations.NullMarked;
