package pool.core;

/**
 * A provider of factories that could not be loaded.
 *
 * @param provider its class, or what is known of it
 * @param reason why
 */
public record ProviderFailure(String provider, String reason) {

  @Override
  public String toString() {
    return provider + ": " + reason;
  }
}
