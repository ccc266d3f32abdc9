package pool.flink;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.file.src.reader.TextLineInputFormat;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.OutputFileConfig;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;
import org.jspecify.annotations.Nullable;
import pool.api.internal.PositiveDuration;
import pool.core.FactoryInfo;
import pool.core.Outcome;
import pool.core.ThreadKind;
import pool.core.WorkerFactories;

/**
 * The program for {@code flink run}. Lines of text files are the jobs of a plugin, and their
 * outcomes become lines of JSON in files of a directory, each exactly once. The plugin is on the
 * class path of the client, as a submitted jar is.
 */
@picocli.CommandLine.Command(
    name = "flink run ... pool.flink.FlinkRun",
    description = "Runs the lines of files with a plugin's workers on a Flink cluster.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class FlinkRun {

  @picocli.CommandLine.Option(
      names = "--factory",
      required = true,
      paramLabel = "NAME",
      description = "The plugin's factory.")
  private String factory = "";

  @picocli.CommandLine.Option(
      names = "--input",
      required = true,
      split = ",",
      paramLabel = "FILE",
      description = "Files, or directories of files, with a job a line: paths or URIs.")
  private List<String> input = List.of();

  @picocli.CommandLine.Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Where files of outcomes are made, with a JSON object a line.")
  private String output = "";

  @picocli.CommandLine.Option(
      names = "--workers",
      paramLabel = "N",
      description = "Workers of each task; as many as this machine has processors by default.")
  private int workers = Runtime.getRuntime().availableProcessors();

  @picocli.CommandLine.Option(
      names = "--threads",
      description = "What workers live on: ${COMPLETION-CANDIDATES}.")
  private ThreadKind threads = ThreadKind.VIRTUAL;

  @picocli.CommandLine.Option(
      names = "--max-attempts",
      paramLabel = "N",
      description = "How often a job may be run when it breaks its worker; once by default.")
  private int maxAttempts = 1;

  @picocli.CommandLine.Option(
      names = "--max-retries",
      paramLabel = "N",
      description = "How often a job is put off that asks to be run later; three times by default.")
  private int maxRetries = 3;

  @picocli.CommandLine.Option(
      names = "--job-timeout",
      paramLabel = "D",
      converter = DurationConverter.class,
      description = "How long a job may run, such as 30s or PT30S; for ever by default.")
  private @Nullable Duration jobTimeout;

  @picocli.CommandLine.Option(
      names = "-o",
      paramLabel = "KEY=VALUE",
      description = "An option of the factory.")
  private Map<String, String> options = Map.of();

  /** Reads a duration as the command line of {@code pool} does. */
  static final class DurationConverter implements picocli.CommandLine.ITypeConverter<Duration> {

    DurationConverter() {}

    @Override
    public Duration convert(String text) {
      try {
        return PositiveDuration.read(text);
      } catch (IllegalArgumentException e) {
        throw new picocli.CommandLine.TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }

  private final StreamExecutionEnvironment env;

  FlinkRun(StreamExecutionEnvironment env) {
    this.env = env;
  }

  /**
   * Runs the program. Wrong usage, or a mistake in the options, ends it with an exception, which
   * {@code flink run} shows.
   *
   * @param arguments as described by {@code --help}
   * @throws Exception when the Flink job fails
   */
  public static void main(String... arguments) throws Exception {
    run(StreamExecutionEnvironment.getExecutionEnvironment(), arguments);
  }

  static void run(StreamExecutionEnvironment env, String... arguments) throws Exception {
    picocli.CommandLine line = new picocli.CommandLine(new FlinkRun(env));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExpandAtFiles(false); // a name from elsewhere must not make files part of the command
    line.parseArgs(arguments); // Flink reports what went wrong, and sets the exit status
    if (picocli.CommandLine.printHelpIfRequested(line.getParseResult())) {
      return;
    }
    FlinkRun program = line.getCommand();
    FactoryInfo info = WorkerFactories.load().find(program.factory);
    program.wire(info.jobType(), info.resultType());
    env.execute("pool " + program.factory);
  }

  private <J, R> void wire(Class<J> jobType, Class<R> resultType) {
    FlinkPool<J, R> pool =
        FlinkPool.on(env)
            .factory(factory, jobType, resultType)
            .options(options)
            .workersPerTask(workers)
            .threads(threads)
            .maxAttempts(maxAttempts)
            .maxRetries(maxRetries)
            .maxOutcomeBytes(Integer.MAX_VALUE); // they go to files
    if (jobTimeout != null) {
      pool.jobTimeout(jobTimeout);
    }
    SingleOutputStreamOperator<J> jobs =
        lines()
            .process(new LineReader<>(factory, jobType))
            .returns(pool.jobs())
            .name("read lines")
            .uid("jobs");
    DataStream<Outcome<J, R>> outcomes = pool.run(jobs);
    outcomes
        .map(OutcomeLines::line)
        .returns(Types.STRING)
        .name("write outcomes")
        .uid("lines of outcomes")
        .union(jobs.getSideOutput(LineReader.NO_JOBS))
        .sinkTo(sink())
        .name("outcomes in files")
        .uid("outcomes");
  }

  private DataStream<String> lines() {
    org.apache.flink.core.fs.Path[] files =
        input.stream().map(FlinkRun::path).toArray(org.apache.flink.core.fs.Path[]::new);
    return env.fromSource(
            FileSource.forRecordStreamFormat(new TextLineInputFormat(), files).build(),
            WatermarkStrategy.noWatermarks(),
            "lines of files")
        .uid("lines"); // savepoints find their state by these names
  }

  private FileSink<String> sink() {
    return FileSink.forRowFormat(path(output), new SimpleStringEncoder<String>("UTF-8"))
        .withRollingPolicy(OnCheckpointRollingPolicy.build())
        .withOutputFileConfig(
            OutputFileConfig.builder().withPartPrefix("outcomes").withPartSuffix(".jsonl").build())
        .build();
  }

  /** A file name without a scheme is on this machine, relative to its current folder. */
  private static org.apache.flink.core.fs.Path path(String text) {
    return text.contains(":/")
        ? new org.apache.flink.core.fs.Path(text)
        : new org.apache.flink.core.fs.Path(Path.of(text).toAbsolutePath().toUri());
  }
}
