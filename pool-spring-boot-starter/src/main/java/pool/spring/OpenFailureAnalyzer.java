package pool.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import pool.api.internal.SafeText;
import pool.core.OpenFailedException;

/** Explains why a pool could not be opened, and how the application can start nevertheless. */
final class OpenFailureAnalyzer extends AbstractFailureAnalyzer<OpenFailedException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, OpenFailedException cause) {
    return new FailureAnalysis(
        SafeText.of(cause),
        "Make available what the workers open. Or let the application start before that: with the property min-open of the pool, as in pool.pools.NAME.min-open=0, or with minOpen(0) for a pool that the application builds itself, workers go on being opened.",
        cause);
  }
}
