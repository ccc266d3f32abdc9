package example;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.Outcome;
import pool.core.WorkerPool;

/** Prints the checksum of every file in a folder. */
public final class Checksums {

  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args.length > 0 ? args[0] : "src");
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder)) {
      all.filter(Files::isRegularFile).sorted().forEach(files::add);
    }
    files.add(folder.resolve("no such file")); // it fails, and no other file with it

    WorkerFactory<Path, String> checksums =
        WorkerFactory.of("checksums", Path.class, String.class, Checksums::open);
    try (WorkerPool<Path, String> pool = WorkerPool.of(checksums).workers(4).open()) {
      for (Outcome<Path, String> outcome : pool.mapAll(files)) { // in the order of the files
        switch (outcome) {
          case Outcome.Succeeded(Path file, String checksum) ->
              System.out.println(checksum + "  " + file);
          case Outcome.Failed(Path file, Throwable cause) ->
              System.out.println(file + " cannot be read: " + cause.getClass().getSimpleName());
          default -> System.out.println(outcome.job() + " was not read");
        }
      }
      System.out.println(pool.stats().workers().size() + " workers, " + pool.stats().succeeded() + " files");
    } // every worker has closed
  }

  /** Opens a worker on its own thread: a digest and a megabyte of native memory, used for all its files. */
  private static Worker<Path, String> open(WorkerContext context) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    context.own(() -> System.out.println(context.workerName() + " closes"));
    return file -> {
      digest.reset(); // the last file may have failed in the middle
      try (FileChannel channel = FileChannel.open(file)) {
        while (channel.read(buffer.clear()) >= 0) {
          digest.update(buffer.flip());
        }
        return HexFormat.of().formatHex(digest.digest());
      }
    };
  }

  private Checksums() {}
}
