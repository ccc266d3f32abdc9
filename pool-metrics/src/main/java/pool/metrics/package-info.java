/**
 * What a pool does, in figures: {@link pool.metrics.PoolMeter} measures one, as its listener, and
 * {@link pool.metrics.PoolMXBeans} shows one to JConsole, VisualVM and whatever else reads MBeans.
 */
package pool.metrics;
