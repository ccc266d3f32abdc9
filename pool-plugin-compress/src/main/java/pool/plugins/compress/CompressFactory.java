package pool.plugins.compress;

import java.nio.file.Path;
import java.util.List;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Opens workers that compress files, each with a native context of its own. */
public final class CompressFactory implements WorkerFactory<Path, Compressed> {

  static final Option<Integer> LEVEL =
      Option.optional("level", Integer::valueOf, 3, "how hard to try")
          .requiring(level -> level >= 1 && level <= 22, "must be from 1 to 22");

  /** Called by {@link java.util.ServiceLoader}. */
  public CompressFactory() {}

  @Override
  public String name() {
    return "compress";
  }

  @Override
  public Class<Path> jobType() {
    return Path.class;
  }

  @Override
  public Class<Compressed> resultType() {
    return Compressed.class;
  }

  @Override
  public String description() {
    return "compresses files with Zstandard: FILE becomes FILE.zst";
  }

  @Override
  public List<Option<?>> options() {
    return List.of(LEVEL);
  }

  @Override
  public Worker<Path, Compressed> open(WorkerContext context) {
    return new CompressWorker(context);
  }
}
