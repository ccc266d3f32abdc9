package pool.spring;

import org.jspecify.annotations.Nullable;

/** The properties of a pool are such that it cannot be opened; says which, why, and the way out. */
final class PoolConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String property;
  private final @Nullable String value;
  private final String reason;
  private final String wayOut;

  /**
   * @param value what it was given, if that may be shown
   */
  PoolConfigurationException(
      String property,
      @Nullable Object value,
      String reason,
      String wayOut,
      @Nullable Throwable cause) {
    super(
        "%s%s: %s. %s".formatted(property, value == null ? "" : "=" + value, reason, wayOut),
        cause);
    this.property = property;
    this.value = value == null ? null : value.toString();
    this.reason = reason;
    this.wayOut = wayOut;
  }

  String property() {
    return property;
  }

  @Nullable String value() {
    return value;
  }

  String reason() {
    return reason;
  }

  String wayOut() {
    return wayOut;
  }
}
