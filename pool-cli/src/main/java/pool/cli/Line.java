package pool.cli;

/**
 * A line of input and the job that the factory made of it.
 *
 * @param number from 1
 * @param text what was read
 * @param job what it means
 */
record Line(long number, String text, Object job) {}
