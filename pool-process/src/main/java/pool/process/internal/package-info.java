/**
 * Processes and signals, for this module, the command line, and plugins whose workers are programs.
 */
package pool.process.internal;
