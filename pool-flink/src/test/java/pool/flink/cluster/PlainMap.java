package pool.flink.cluster;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import pool.api.Worker;
import pool.api.WorkerContext;

/**
 * What one would write without a pool: each subtask has one worker, and does its share of the jobs.
 */
final class PlainMap extends RichMapFunction<Long, Long> {

  private static final long serialVersionUID = 1;

  private final HashMap<String, String> options; // a map that is serializable
  private transient Worker<Long, Long> worker;

  PlainMap(Map<String, String> options) {
    this.options = new HashMap<>(options);
  }

  @Override
  public void open(OpenContext context) throws Exception {
    worker = new NapFactory().open(WorkerContext.standalone(options));
  }

  @Override
  public Long map(Long job) throws Exception {
    return worker.run(job);
  }

  @Override
  public void close() throws Exception {
    if (worker != null) {
      worker.close();
    }
  }
}
