/**
 * Compresses files with Zstandard.
 *
 * <p>A compression context is native memory, at the highest levels hundreds of megabytes. It is
 * costly to make, not thread-safe, and never freed by the garbage collector. So a worker opens it
 * once, uses it on one thread for many files, and closes it on that thread.
 */
package pool.plugins.compress;
