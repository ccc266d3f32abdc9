package pool.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import pool.api.BatchWorker;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.codec.Codec;
import pool.codec.Codecs;

/** Texts that cannot be written or read, on either side. */
public final class FragileFactory implements WorkerFactory<String, String>, Codecs<String, String> {

  /** For the child. */
  public FragileFactory() {}

  @Override
  public String name() {
    return "fragile";
  }

  @Override
  public Class<String> jobType() {
    return String.class;
  }

  @Override
  public Class<String> resultType() {
    return String.class;
  }

  @Override
  public Codec<String> jobCodec() {
    return new FragileCodec("job");
  }

  @Override
  public Codec<String> resultCodec() {
    return new FragileCodec("result");
  }

  @Override
  public Worker<String, String> open(WorkerContext context) {
    return new FragileWorker();
  }

  /** Stops when it is cancelled, and for no interrupt. */
  @SuppressWarnings("try") // close() may be interrupted
  private static final class FragileWorker implements BatchWorker<String, String> {

    private volatile boolean cancelled;

    @Override
    public void runAll(List<String> jobs, Results<String> results) {
      for (int i = 0; i < jobs.size(); i++) {
        while (jobs.get(i).equals("slow to read") && !cancelled) {
          LockSupport.parkNanos(1_000_000);
        }
        results.succeeded(i, jobs.get(i));
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  private record FragileCodec(String kind) implements Codec<String> {

    @Override
    public byte[] toBytes(String value) {
      fail("write", value);
      return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String fromBytes(byte[] bytes) throws IOException {
      String value = new String(bytes, StandardCharsets.UTF_8);
      fail("read", value);
      return value;
    }

    private void fail(String act, String value) {
      if (value.equals("slow to " + act) && kind.equals("job")) {
        long end = System.nanoTime() + 500_000_000;
        while (System.nanoTime() < end) {
          LockSupport.parkNanos(1_000_000);
        }
      }
      if (value.equals(act + " deep " + kind)) {
        recurse(1);
      }
      if (value.equals(act + " " + kind)) {
        throw new IllegalStateException("cannot " + value);
      }
    }

    @SuppressWarnings("InfiniteRecursion") // as a value that is nested too deeply
    private static int recurse(int depth) {
      return 1 + recurse(depth + 1);
    }
  }
}
