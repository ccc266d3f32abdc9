package pool.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pool.cli.input.InputLine;
import pool.core.JobRun;

/** Keeps what a viewer is told; makes runs and spans. */
final class Seen implements Viewer {

  final List<Span> spans = new ArrayList<>();
  final List<String> marks = new ArrayList<>();
  final List<Long> times = new ArrayList<>(); // of marks and of what was missed
  long missed;

  @Override
  public void saw(Span span) {
    spans.add(span);
  }

  @Override
  public void happened(String what, String worker, String why, long at) {
    times.add(at);
    marks.add((worker + " " + what + " " + why).strip());
  }

  @Override
  public void missed(long events, long at) {
    times.add(at);
    missed += events;
  }

  /** Each span with its beginning and end in milliseconds. */
  List<String> words() {
    return spans.stream()
        .map(span ->
            span.kind().word() + " " + span.from() / 1_000_000 + "-" + span.to() / 1_000_000)
        .toList();
  }

  static JobRun run(
      String worker, long line, String text, Instant started, Duration ran, @Nullable String why) {
    Optional<Throwable> failure = Optional.ofNullable(why).map(IOException::new);
    Duration waited = Duration.ofMillis(line);
    return new JobRun(worker, line(line, text), started, waited, ran, failure, false);
  }

  /** A job's, in nanoseconds. */
  static Span job(String worker, long line, String text, long from, long nanos, boolean fails) {
    JobRun run =
        run(
            worker,
            line,
            text,
            Instant.EPOCH.plusNanos(from),
            Duration.ofNanos(nanos),
            fails ? "no" : null);
    return new Span(worker, Span.Kind.JOB, from, nanos, run);
  }

  /** A line whose job is its text. */
  static Line line(long number, String text) {
    return new Line(recorder(), new InputLine(number, text, 0, null), text, text);
  }

  /** One that writes nowhere. */
  static Recorder recorder() {
    Output nowhere = Output.ofStream(OutputStream.nullOutputStream());
    return new Recorder(nowhere, false, new Tally(), new Room(1, 1));
  }
}
