package pool.flink;

import java.io.IOException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.api.internal.Reason;

/**
 * Has the factory make jobs of lines. A line that makes no job is an outcome already.
 *
 * @param <J> the jobs
 */
final class LineReader<J> extends ProcessFunction<String, J> {

  private static final long serialVersionUID = 1L;

  /** The outcomes of lines that made no job. */
  static final OutputTag<String> NO_JOBS = new OutputTag<>("no jobs", Types.STRING);

  private final String factory;
  private final Class<J> jobType;

  private transient @Nullable WorkerFactory<J, Object> reader;

  LineReader(String factory, Class<J> jobType) {
    this.factory = factory;
    this.jobType = jobType;
  }

  @Override
  public void open(OpenContext context) {
    ClassLoader loader = getRuntimeContext().getUserCodeClassLoader();
    reader = Discovery.find(factory, jobType, Object.class, loader);
  }

  @Override
  public void processElement(String line, Context context, Collector<J> jobs) throws IOException {
    if (reader == null) {
      throw new IllegalStateException("the task is not open");
    }
    @Nullable J job = null;
    String why = "read returned null";
    try {
      job = reader.read(line);
    } catch (RuntimeException | Error e) { // the plugin's code: only this line fails
      why = Reason.of(e);
    }
    if (job == null) {
      context.output(NO_JOBS, OutcomeLines.failed(line, why));
      return;
    }
    jobs.collect(job);
  }
}
