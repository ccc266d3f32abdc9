/** Pools as meters of Micrometer. */
package pool.micrometer;
