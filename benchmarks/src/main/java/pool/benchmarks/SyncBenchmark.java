package pool.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does it take until 4 KiB are on the disk? A durable commit cannot be faster than that.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class SyncBenchmark {

  private static final int PAGE = 4_096;
  private static final int PAGES = 1_000;

  /** A file that grows has its new size written as well. */
  @Param({"overwritten", "appended"})
  public String file;

  /**
   * Whether the times of the file are written as well: fsync, as SQLite; or fdatasync, as
   * PostgreSQL.
   */
  @Param({"fsync", "fdatasync"})
  public String call;

  /** Where; if empty, in a temporary folder that is not in memory. */
  @Param("")
  public String folder;

  private final ByteBuffer page = ByteBuffer.allocateDirect(PAGE);
  private boolean overwrites;
  private boolean writesTimes;
  private Disk disk;
  private FileChannel channel;
  private long next;

  @Setup
  public void open() throws IOException {
    overwrites = file.equals("overwritten");
    writesTimes = call.equals("fsync");
    disk = Disk.newFolder(folder);
    channel =
        FileChannel.open(
            disk.folder().resolve("file"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    for (int i = 0; overwrites && i < PAGES; i++) {
      write();
    }
    channel.force(true);
  }

  @TearDown
  public void close() throws IOException {
    channel.close();
    disk.close();
  }

  @Benchmark
  public void sync() throws IOException {
    write();
    channel.force(writesTimes);
  }

  private void write() throws IOException {
    long position = overwrites ? next % PAGES : next;
    next++;
    page.clear();
    while (page.hasRemaining()) {
      channel.write(page, position * PAGE + page.position());
    }
  }
}
