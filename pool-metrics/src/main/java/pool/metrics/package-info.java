/**
 * Figures of what a pool does: {@link pool.metrics.PoolMeter} measures a pool, as its listener, and
 * {@link pool.metrics.PoolMXBeans} shows it to JConsole, VisualVM and anything else that reads
 * MBeans.
 */
package pool.metrics;
