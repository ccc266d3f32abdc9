package pool.plugins.compress;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import pool.api.WorkerFactory;
import pool.testkit.WorkerFactoryContract;

class CompressContractTest implements WorkerFactoryContract<Path, Compressed> {

  private static final int LARGE = 60_000_000; // more than a second's work at the highest level

  @TempDir Path folder;

  @Override
  public WorkerFactory<Path, Compressed> factory() {
    return new CompressFactory();
  }

  @Override
  public Map<String, String> options() {
    return Map.of("level", "19");
  }

  private Path file(String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Path> samples() {
    return List.of(file("empty", new byte[0]), file("zeros", new byte[100_000]));
  }

  @Override
  public List<Path> failing() {
    return List.of(folder.resolve("missing"));
  }

  @Override
  public Path slow() {
    byte[] content = new byte[LARGE];
    new Random(1).nextBytes(content);
    return file("large", content);
  }

  @Override
  public int manyWorkers() {
    return 10; // each forces files to the disk
  }

  @Override
  public Duration bound() {
    return Duration.ofSeconds(2);
  }
}
