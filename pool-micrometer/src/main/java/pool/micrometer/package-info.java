/**
 * Pools as meters of Micrometer, their runs as observations, and what surrounds a submitter carried
 * to the worker by its context propagation.
 */
package pool.micrometer;
