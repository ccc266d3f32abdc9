/** What the modules of this library share and show to nobody. */
package pool.api.internal;
