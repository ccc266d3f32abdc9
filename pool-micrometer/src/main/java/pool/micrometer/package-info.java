/**
 * Meters of pools for Micrometer, observations of their runs, and the propagation of the
 * submitter's context to the worker.
 */
package pool.micrometer;
