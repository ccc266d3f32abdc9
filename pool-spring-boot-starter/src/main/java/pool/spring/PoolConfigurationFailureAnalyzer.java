package pool.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains what is wrong with the properties of a pool, without a stack trace. */
final class PoolConfigurationFailureAnalyzer
    extends AbstractFailureAnalyzer<PoolConfigurationException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, PoolConfigurationException cause) {
    String value = cause.value() == null ? "" : "%n    Value: \"%s\"".formatted(cause.value());
    return new FailureAnalysis(
        "A pool is not configured well:%n%n    Property: %s%s%n    Reason: %s"
            .formatted(cause.property(), value, cause.reason()),
        cause.wayOut(),
        cause);
  }
}
