/**
 * The snippets of the README, of the guides and of the javadoc, and the tests that run them. What
 * stands between {@code @start} and {@code @end} is shown.
 */
package guide;
