package pool.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import pool.core.JobRun;

/**
 * Writes a run as a trace that Perfetto and Chrome can open: an array of events, one row for each
 * worker. Each event is written at once and completely. So the file of a run that was killed can be
 * read as well, because the format does not require the closing bracket.
 */
final class Trace implements Viewer {

  private static final int PROCESS = 1;
  private static final int POOL = 0; // its row; the workers' rows follow
  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_TEXT = 500;

  /**
   * A gap, so that viewers that add up doubles do not take a span for a part of the previous one.
   */
  private static final long GAP = 1; // nanoseconds

  private static final long SHORTEST_IDLE = 100_000; // nanoseconds; less is not waiting

  private final Output out;
  private final Set<Integer> rows = new HashSet<>();
  private final String title;
  private boolean hasBegun;
  private @Nullable IOException failure;

  /** Leaves the file as it was until there is something to write. */
  Trace(Output out, String title) {
    this.out = out;
    this.title = title;
  }

  private interface Members {
    void writeTo(JsonGenerator json) throws IOException;
  }

  @Override
  public void saw(Span span) {
    if (span.kind() == Span.Kind.IDLE && span.nanos() < SHORTEST_IDLE) {
      return;
    }
    JobRun run = span.run();
    String name = run == null ? span.kind().word() : Printable.line(Line.textOf(run), LONGEST_NAME);
    event(
        "X",
        name,
        row(span.worker()),
        json -> {
          json.writeStringField("cat", span.hasFailed() ? "job,failed" : span.kind().word());
          micros(json, "ts", span.from());
          micros(json, "dur", Math.max(0, span.nanos() - GAP));
          if (run != null) {
            json.writeObjectFieldStart("args");
            arguments(json, run);
            json.writeEndObject();
          }
        });
  }

  private static void arguments(JsonGenerator json, JobRun run) throws IOException {
    json.writeNumberField("line", Line.of(run).number());
    if (run.jobs() > 1) {
      json.writeNumberField("jobs", run.jobs());
    }
    if (Line.textOf(run).length() > LONGEST_NAME) {
      json.writeStringField("job", Printable.line(Line.textOf(run), LONGEST_TEXT));
    }
    micros(json, "waited_us", run.waited().toNanos());
    if (run.failure().isPresent()) {
      json.writeStringField("failure", Printable.whole(run.failure().get()));
    }
    if (run.dropped()) {
      json.writeBooleanField("dropped", true);
    }
  }

  @Override
  public void happened(String what, String worker, String why, long at) {
    instant(what, worker.isEmpty() ? POOL : row(worker), why, at);
  }

  @Override
  public void missed(long events, long at) {
    String why = "they came too fast to be written; some of what looks idle may be a job";
    instant(events + (events == 1 ? " event is" : " events are") + " missing", POOL, why, at);
  }

  private void instant(String what, int row, String why, long at) {
    event(
        "i",
        what,
        row,
        json -> {
          micros(json, "ts", at);
          json.writeStringField("s", row == POOL ? "g" : "t");
          if (!why.isEmpty()) {
            json.writeObjectFieldStart("args");
            json.writeStringField("why", why);
            json.writeEndObject();
          }
        });
  }

  /** The row of a worker, whose name ends with the number of its slot. */
  private int row(String worker) {
    int row = Integer.parseInt(worker.substring(worker.lastIndexOf('-') + 1)) + 1;
    if (rows.add(row)) {
      event("M", "thread_name", row, named(Printable.line(worker)));
    }
    return row;
  }

  private static Members named(String name) {
    return json -> {
      json.writeObjectFieldStart("args");
      json.writeStringField("name", name);
      json.writeEndObject();
    };
  }

  private static void micros(JsonGenerator json, String field, long nanos) throws IOException {
    json.writeFieldName(field);
    json.writeNumber(nanos / 1_000 + "." + String.valueOf(1_000 + nanos % 1_000).substring(1));
  }

  private void event(String phase, String name, int row, Members members) {
    if (failure != null) {
      return;
    }
    try {
      if (!hasBegun) {
        hasBegun = true;
        out.begin();
        write("[\n", "M", "process_name", POOL, named(title));
        write(",\n", "M", "thread_name", POOL, named("pool"));
      }
      write(",\n", phase, name, row, members);
    } catch (IOException e) {
      failure = e;
    }
  }

  private void write(String before, String phase, String name, int row, Members members)
      throws IOException {
    ByteArrayOutputStream event = new ByteArrayOutputStream(256);
    event.writeBytes(before.getBytes(StandardCharsets.UTF_8));
    try (JsonGenerator json = OutcomeLines.FACTORY.createGenerator(event)) {
      json.writeStartObject();
      json.writeStringField("ph", phase);
      json.writeStringField("name", name);
      json.writeNumberField("pid", PROCESS);
      json.writeNumberField("tid", row);
      members.writeTo(json);
      json.writeEndObject();
    }
    out.write(event.toByteArray());
  }

  /** Ends the array, if there is one; returns the reason if not everything could be written. */
  Optional<IOException> end() {
    try (out) {
      if (hasBegun && failure == null) {
        out.write("\n]\n".getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      failure = failure == null ? e : failure;
    }
    return Optional.ofNullable(failure);
  }
}
