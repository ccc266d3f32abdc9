package pool.spring;

import org.jspecify.annotations.Nullable;

/** A pool cannot be opened with its properties; says which property, why, and the way out. */
final class PoolConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String property;
  private final @Nullable String value;
  private final String reason;
  private final String wayOut;

  /**
   * Makes an exception about a property.
   *
   * @param value the property's value, if it may be shown
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
