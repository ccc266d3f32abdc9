/** Processes of workers, for this module and those of this project's plugins that have some too. */
package pool.process.internal;
