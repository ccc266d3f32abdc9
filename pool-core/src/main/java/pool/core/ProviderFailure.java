package pool.core;

import pool.core.internal.discovery.FailureText;

/**
 * A provider of factories that could not be loaded. Both texts are one line each; what is long is
 * cut.
 *
 * @param provider its class, or what is known of it
 * @param reason why
 */
public record ProviderFailure(String provider, String reason) {

  /** Cuts the texts, which a plugin may have made. */
  public ProviderFailure {
    provider = FailureText.shortened(provider);
    reason = FailureText.shortened(reason);
  }

  @Override
  public String toString() {
    return provider + ": " + reason;
  }
}
