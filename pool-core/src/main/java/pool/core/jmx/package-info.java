/**
 * Pools for JConsole, VisualVM, and whatever else reads MBeans.
 *
 * <p>It needs module {@code java.management}, which {@code pool.core} does not require: a program
 * on the module path that uses this package requires it itself. Without that module nothing of this
 * package is loaded.
 */
package pool.core.jmx;
