package pool.plugins.compress;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import pool.api.Worker;
import pool.api.WorkerContext;

/**
 * A compression context and two buffers, all of it native memory. The arena of the buffers is
 * confined: it would throw if another thread used or closed it, and so it proves that only the
 * worker's thread does.
 *
 * <p>An interrupt is enough to stop a run, since it closes the channels that the run reads and
 * writes. Then the context is in the middle of a frame, so each run begins by resetting it.
 */
@SuppressWarnings("try") // close() may be interrupted
final class CompressWorker implements Worker<Path, Compressed> {

  private static final int BUFFER = 128 * 1024;

  private final int level;
  private final ZstdCompressCtx zstd;
  private final ByteBuffer in;
  private final ByteBuffer out;

  @SuppressWarnings("MustBeClosedChecker") // the context closes the arena
  CompressWorker(WorkerContext context) {
    this.level = context.get(CompressFactory.LEVEL);
    Arena arena = context.own(Arena.ofConfined());
    this.in = arena.allocate(BUFFER).asByteBuffer();
    this.out = arena.allocate(BUFFER).asByteBuffer();
    NativeLibrary.load();
    this.zstd = context.own(new ZstdCompressCtx());
  }

  /**
   * When this ends, the whole compressed file is there, or nothing. Only if the JVM ends in the
   * middle, a part may be left, under a unique name.
   */
  @Override
  public Compressed run(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new NoSuchFileException(file.toString(), null, "not a file");
    }
    Path stored = file.resolveSibling(file.getFileName() + ".zst");
    // Other workers may have the same file, and its name may be as long as names may be.
    Path part = file.resolveSibling("%s.zst.part".formatted(UUID.randomUUID()));
    try {
      Compressed result = compress(file, part, stored);
      Files.move(part, stored, StandardCopyOption.ATOMIC_MOVE);
      forceDirectory(stored);
      return result;
    } catch (Throwable e) {
      Files.deleteIfExists(part);
      throw e;
    }
  }

  private Compressed compress(Path file, Path part, Path stored) throws IOException {
    try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ);
        FileChannel to =
            FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      zstd.reset();
      zstd.setLevel(level).setChecksum(true);
      while (from.read(in.clear()) >= 0) {
        in.flip();
        while (in.hasRemaining()) {
          boolean _ = step(EndDirective.CONTINUE, to);
        }
      }
      in.clear().flip(); // no more input
      boolean ended = false;
      while (!ended) {
        ended = step(EndDirective.END, to);
      }
      to.force(true);
      return new Compressed(file.toString(), stored.toString(), from.size(), to.size());
    }
  }

  /** Returns whether everything in the context was written, if it is to end. */
  private boolean step(EndDirective directive, FileChannel to) throws IOException {
    boolean ended = zstd.compressDirectByteBufferStream(out.clear(), in, directive);
    out.flip();
    while (out.hasRemaining()) {
      int _ = to.write(out);
    }
    return ended;
  }

  /** Makes the new name durable, by syncing its directory where the system can do that. */
  private static void forceDirectory(Path file) throws IOException {
    try (FileChannel directory =
        FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
