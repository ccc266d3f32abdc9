/**
 * Workers in any language: each starts a program once and gives it one job after the other. To read
 * it: {@link pool.plugins.example.command.CommandFactory} opens a {@code CommandWorker}, or a
 * {@code PipelinedWorker} when several jobs may be under way; both hold a {@code Conversation} with
 * a {@code Program}, in the words of a {@code Protocol}.
 */
package pool.plugins.example.command;
