/**
 * The command line. {@code Main} has the commands; {@code RunCommand} reads the options of {@code
 * pool run} and hands over to a {@code LineRun}, which makes jobs of lines and lines of outcomes,
 * and counts them in a {@code Tally}.
 *
 * <p>How far that is is told by {@code Progress}. What workers do is seen by a {@code Watch}, a
 * listener of the pool, and told as spans to the {@code Viewer}s: a {@code Trace}, which is written
 * as it comes, and a {@code Report}, which sums up and makes a {@code ReportPage} at the end.
 */
package pool.cli;
