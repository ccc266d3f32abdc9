/**
 * Workers in any language: each starts a program once and gives it one job after the other. To read
 * the code: {@link pool.plugins.example.command.CommandFactory} opens a {@code CommandWorker} or,
 * if several jobs may be under way, a {@code PipelinedWorker}. Both hold a {@code Conversation}
 * with a {@code Program}, by a {@code Protocol}.
 */
package pool.plugins.example.command;
