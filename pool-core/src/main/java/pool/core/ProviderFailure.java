package pool.core;

import pool.core.internal.discovery.FailureText;

/**
 * Describes a provider of factories that could not be loaded. Both texts are single lines, cut if
 * they are long.
 *
 * @param provider the class of the provider, or what is known of it
 * @param reason why it could not be loaded
 */
public record ProviderFailure(String provider, String reason) {

  /** Cuts the texts, which may come from a plugin. */
  public ProviderFailure {
    provider = FailureText.shortened(provider);
    reason = FailureText.shortened(reason);
  }

  @Override
  public String toString() {
    return provider + ": " + reason;
  }
}
