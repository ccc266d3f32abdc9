/**
 * The command line. {@code Main} has the commands. {@code RunCommand} reads the options of {@code
 * pool run} and hands over to a {@code LineRun}, which makes jobs of lines and lines of outcomes,
 * and counts them in a {@code Tally}.
 *
 * <p>{@code Progress} shows how far the run is. A {@code Watch}, which is a listener of the pool,
 * sees what workers do and passes it as spans to the {@code Viewer}s: a {@code Trace}, which writes
 * them as they come, and a {@code Report}, which summarizes them and makes a {@code ReportPage} at
 * the end.
 */
package pool.cli;
