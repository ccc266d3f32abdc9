/**
 * The command line. {@code Main} has the commands; {@code RunCommand} reads the options of {@code
 * pool run} and hands over to a {@code LineRun}, which makes jobs of lines and lines of outcomes.
 */
package pool.cli;
