package pool.plugins.example.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/**
 * Opens workers that are programs, in any language: each worker starts its program once and gives
 * it many jobs. A job is a text. A result is what the program answers: a text or, in JSON, a text,
 * number, boolean, list, map or null.
 *
 * <p>A program breaks its worker when it ends, writes something that is not an answer, or does not
 * answer in time. Then the job fails with a reason that names the program and how it ended, and
 * another program is started.
 */
public final class CommandFactory implements WorkerFactory<String, Object> {

  private static final int MOST_UNDER_WAY = 1_000;
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  static final Option<List<String>> COMMAND =
      Option.required(
          "command",
          Words::split,
          "the program and its arguments, in words as for a shell, which expands nothing");
  static final Option<Protocol.Kind> PROTOCOL =
      Option.choice(
          "protocol",
          Protocol.Kind.class,
          Protocol.Kind.JSON,
          "json: objects with ids; lines: a line is answered by a line");
  static final Option<Protocol.JobKind> JOBS =
      Option.choice(
          "jobs",
          Protocol.JobKind.class,
          Protocol.JobKind.TEXT,
          "text: a job is a string of JSON; json: a job is JSON itself");
  static final Option<Optional<String>> READY =
      Option.string("ready", "a line that the program writes when it can take jobs").orAbsent();
  static final Option<Optional<Path>> DIRECTORY =
      Option.required("directory", Path::of, "where the program works").orAbsent();
  static final Option<Map<String, String>> ENVIRONMENT =
      Option.family("env.", "variables of the program's environment, such as env.LANG=C")
          .requiring(CommandFactory::areVariables, "must have names of letters, digits and _")
          .secret();
  static final Option<Duration> STOP =
      Option.duration(
              "stop",
              Duration.ofSeconds(2),
              "how long the program may take to end when its input has ended, and again after SIGTERM")
          .requiring(
              time -> !time.isNegative() && time.compareTo(LONGEST) <= 0,
              "must be from 0 to a day");
  static final Option<Optional<Duration>> TIMEOUT =
      Option.duration("timeout", "how long the program may take to answer")
          .requiring(
              time -> time.isPositive() && time.compareTo(LONGEST) <= 0,
              "must be more than 0 and at most a day")
          .orAbsent();
  static final Option<Integer> PIPELINE =
      Option.integer("pipeline", 1, "how many jobs the program has at a time")
          .requiring(n -> n >= 1 && n <= MOST_UNDER_WAY, "must be from 1 to " + MOST_UNDER_WAY);

  /** Other names would not reach the program, since shells drop them. */
  private static boolean areVariables(Map<String, String> environment) {
    return environment.entrySet().stream()
        .allMatch(
            each -> VARIABLE.matcher(each.getKey()).matches() && each.getValue().indexOf('\0') < 0);
  }

  /** Called by {@link java.util.ServiceLoader}. */
  public CommandFactory() {}

  @Override
  public String name() {
    return "command";
  }

  @Override
  public Class<String> jobType() {
    return String.class;
  }

  @Override
  public Class<Object> resultType() {
    return Object.class;
  }

  @Override
  public String description() {
    return "gives jobs to a program in any language, which each worker starts once";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(COMMAND, PROTOCOL, JOBS, READY, DIRECTORY, ENVIRONMENT, STOP, TIMEOUT, PIPELINE);
  }

  @Override
  public Worker<String, Object> open(WorkerContext context) throws Exception {
    Duration stop = context.get(STOP);
    Duration half = context.cancelGrace().dividedBy(2); // later, nobody may be left to kill it
    Program.Setup setup =
        new Program.Setup(
            context.get(COMMAND),
            context.get(DIRECTORY).orElse(null),
            context.get(ENVIRONMENT),
            stop,
            stop.compareTo(half) < 0 ? stop : half);
    Protocol.Kind kind = context.get(PROTOCOL);
    Protocol.JobKind jobs = context.get(JOBS);
    Duration timeout = context.get(TIMEOUT).orElse(null);
    Optional<String> ready = context.get(READY);
    int pipeline = context.get(PIPELINE);
    Conversations conversations =
        new Conversations(
            context.workerName(),
            () -> {
              Program program = Program.start(setup, context.workerName());
              return begun(program, new Conversation(program, kind.protocol(jobs), timeout), ready);
            });
    return pipeline == 1
        ? new CommandWorker(conversations)
        : new PipelinedWorker(conversations, pipeline);
  }

  private static Conversation begun(
      Program program, Conversation conversation, Optional<String> ready) throws IOException {
    boolean isReady = false;
    try {
      if (ready.isPresent()) {
        conversation.awaitReady(ready.get());
      }
      isReady = true;
      return conversation;
    } finally {
      if (!isReady) {
        program.end(false);
      }
    }
  }
}
