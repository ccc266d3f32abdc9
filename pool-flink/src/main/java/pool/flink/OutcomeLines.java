package pool.flink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import pool.api.internal.Credentials;
import pool.api.internal.Reason;
import pool.codec.JsonValue;
import pool.core.Outcome;

/**
 * Outcomes as lines of JSON, in the form of {@code pool run} but without line numbers: a file that
 * is read in parts has none.
 */
final class OutcomeLines {

  private static final JsonFactory JSON = new JsonFactory();

  private OutcomeLines() {}

  /**
   * Returns the line of an outcome, without its end. Jobs and results are converted by the plugin's
   * code. If that throws, the outcome is a failure, since it would throw again after a restart.
   */
  static String line(Outcome<?, ?> outcome) throws IOException {
    String job;
    try {
      job = String.valueOf(outcome.job());
    } catch (RuntimeException | Error e) {
      return failed(
          outcome.job().getClass().getName(), "its text cannot be written: " + Reason.of(e));
    }
    try {
      return line(job, outcome);
    } catch (IOException | RuntimeException | Error e) {
      return failed(job, "its result cannot be written: " + Reason.of(e));
    }
  }

  private static String line(String job, Outcome<?, ?> outcome) throws IOException {
    return switch (outcome) {
      case Outcome.Succeeded<?, ?>(Object _, Object result) -> succeeded(job, result);
      case Outcome.Failed<?, ?>(Object _, Throwable cause) -> failed(job, Reason.of(cause));
      case Outcome.Cancelled<?, ?> _ -> object(job, "cancelled", _ -> {});
      case Outcome.NotStarted<?, ?> _ -> object(job, "notStarted", _ -> {});
    };
  }

  private static String succeeded(String job, @Nullable Object result) throws IOException {
    return object(
        job,
        "succeeded",
        json -> {
          json.writeFieldName("result");
          JsonValue.write(json, result);
        });
  }

  /** Returns the line of a job that failed, or of a line that made no job. */
  static String failed(String job, String reason) throws IOException {
    return object(job, "failed", json -> json.writeStringField("reason", JsonValue.whole(reason)));
  }

  private interface Members {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static String object(String job, String outcome, Members more) throws IOException {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("job", JsonValue.whole(Credentials.hiddenInUrls(job)));
      json.writeStringField("outcome", outcome);
      more.writeTo(json);
      json.writeEndObject();
    }
    return line.toString();
  }
}
