/** What the modules of this library share and show to nobody: how failures are told. */
package pool.api.internal;
