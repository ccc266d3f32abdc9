package pool.plugins.example.command;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import pool.codec.JsonValue;

/**
 * Objects of JSON: {@code {"id":7,"job":...}} is answered by {@code {"id":7,"result":...}}, {@code
 * {"id":7,"failed":"..."}}, {@code {"id":7,"retryAfterMillis":500}} or {@code {"broken":"..."}}.
 * Other members are ignored.
 */
final class JsonProtocol implements Protocol {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Program.LONGEST_LINE).build())
          .build();

  private static final Set<String> ENDS = Set.of("result", "failed", "retryAfterMillis");
  private static final String EXPECTED =
      "an answer has a whole number as id and exactly one of result, failed and retryAfterMillis";

  private final JobKind jobs;

  JsonProtocol(JobKind jobs) {
    this.jobs = jobs;
  }

  @Override
  public byte[] question(long id, String job) {
    Object value = jobs == JobKind.TEXT ? job : valueOf(job);
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeNumberField("id", id);
      json.writeFieldName("job");
      JsonValue.write(json, value);
      json.writeEndObject();
    } catch (IOException e) { // it is nested too deeply
      throw new IllegalArgumentException("the job cannot be written as JSON", e);
    }
    return line.toByteArray();
  }

  private static @Nullable Object valueOf(String job) {
    try {
      return read(job.getBytes(StandardCharsets.UTF_8));
    } catch (IOException | NumberFormatException e) {
      throw new IllegalArgumentException("the job is no JSON", e);
    }
  }

  private static @Nullable Object read(byte[] text) throws IOException {
    try (JsonParser json = JSON.createParser(text)) {
      Object value = JsonValue.read(json);
      if (json.nextToken() != null) {
        throw new IOException("something follows the value");
      }
      return value;
    }
  }

  @Override
  public Answer answer(byte[] line) throws IOException {
    Object value;
    try {
      value = read(line);
    } catch (IOException | NumberFormatException e) { // its message is in a library's terms
      throw new IOException("it is no JSON, such as NaN, or nested too deeply");
    }
    if (!(value instanceof Map<?, ?> members)) {
      throw new IOException("an answer is an object of JSON");
    }
    if (members.get("broken") instanceof String reason) {
      return new Answer.Broken(reason);
    }
    if (!(members.get("id") instanceof Number id) || !isWhole(id)) {
      throw new IOException(EXPECTED);
    }
    return answer(id.longValue(), members);
  }

  private static boolean isWhole(Number id) {
    return id instanceof Integer || id instanceof Long;
  }

  private static Answer answer(long id, Map<?, ?> members) throws IOException {
    if (members.keySet().stream().filter(ENDS::contains).count() != 1) {
      throw new IOException(EXPECTED);
    }
    if (members.containsKey("result")) {
      return new Answer.Result(id, members.get("result"));
    }
    if (members.containsKey("failed")) {
      return new Answer.Failed(id, String.valueOf(members.get("failed")));
    }
    if (members.get("retryAfterMillis") instanceof Integer millis && millis >= 0) {
      return new Answer.Later(id, Duration.ofMillis(millis));
    }
    throw new IOException(
        "retryAfterMillis is a whole number from 0 to %d".formatted(Integer.MAX_VALUE));
  }
}
