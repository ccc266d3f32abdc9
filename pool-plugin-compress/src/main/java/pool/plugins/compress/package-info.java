/**
 * Compresses files with Zstandard.
 *
 * <p>A compression context is native memory (at the highest levels hundreds of megabytes) that is
 * costly to make, not safe for use by two threads, and never freed by the garbage collector: it is
 * opened once, used by one thread for many files, and closed by that thread.
 */
package pool.plugins.compress;
