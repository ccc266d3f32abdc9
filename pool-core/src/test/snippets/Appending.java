import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import pool.api.BatchWorker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

public class Appending {

  // @start region="appending"
  static final class AppendWorker implements BatchWorker<String, Long> {

    private final FileChannel file;

    AppendWorker(WorkerContext context, Path path) throws IOException {
      file = context.own(FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
    }

    @Override
    public void runAll(List<String> lines, Results<Long> results) throws IOException {
      long[] starts = new long[lines.size()];
      for (int i = 0; i < starts.length; i++) {
        starts[i] = file.position();
        file.write(ByteBuffer.wrap((lines.get(i) + "\n").getBytes(StandardCharsets.UTF_8)));
      }
      file.force(false); // once for all of them
      for (int i = 0; i < starts.length; i++) {
        results.succeeded(i, starts[i]);
      }
    }
  }
  // @end

  public static void main(String[] args) {
    Path path = Path.of(args[0]);
    WorkerFactory<String, Long> appends =
        WorkerFactory.of(
            "append", String.class, Long.class, context -> new AppendWorker(context, path));
    try (var pool = WorkerPool.of(appends).workers(1).open()) {
      System.out.println(pool.map(List.of(args)));
    }
  }
}
