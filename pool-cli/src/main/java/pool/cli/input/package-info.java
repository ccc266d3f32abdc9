/** What a run reads: lines of text or records, each of which may make a job. */
@NullMarked
package pool.cli.input;

import org.jspecify.annotations.NullMarked;
