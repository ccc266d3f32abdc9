package pool.plugins.compress;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

@Timeout(60)
class CompressTest {

  @TempDir Path folder;

  private Path file(String name, int bytes) throws IOException {
    Random random = new Random(bytes);
    byte[] content = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      content[i] = (byte) ('a' + random.nextInt(4));
    }
    return Files.write(folder.resolve(name), content);
  }

  private WorkerPool<Path, Compressed> pool(ThreadKind threads) {
    return WorkerPool.of(new CompressFactory()).threads(threads).workers(2).open();
  }

  private static byte[] decompressed(Path stored) throws IOException {
    try (var in = new ZstdInputStream(Files.newInputStream(stored))) {
      return in.readAllBytes();
    }
  }

  private List<Path> partsLeft() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".part")).toList();
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsStoredIsWhatWasThere(ThreadKind threads) throws Exception {
    List<Path> files = new ArrayList<>();
    files.add(file("x".repeat(251), 9)); // with .zst as long as a name may be
    for (int bytes : new int[] {0, 1, 1_000, 128 * 1024, 128 * 1024 + 1, 3_000_000}) {
      files.add(file("file" + bytes, bytes));
    }
    try (var pool = pool(threads)) {
      for (Compressed each : pool.map(files)) {
        byte[] content = Files.readAllBytes(Path.of(each.file()));
        assertArrayEquals(content, decompressed(Path.of(each.stored())));
        assertEquals(content.length, each.bytes());
        assertEquals(Files.size(Path.of(each.stored())), each.compressed());
        assertTrue(content.length < 1_000 || each.compressed() < content.length / 2);
      }
    }
    assertEquals(List.of(), partsLeft());
  }

  @Test
  void aFileThatIsNotThereFailsItsJobAloneAndLeavesNothing() throws Exception {
    Path there = file("there", 1_000);
    try (var pool = pool(ThreadKind.VIRTUAL)) {
      CompletableFuture<Compressed> missing = pool.submit(folder.resolve("missing"));
      assertEquals(1_000, pool.submit(there).get(20, SECONDS).bytes());
      assertInstanceOf(
          NoSuchFileException.class,
          assertThrows(ExecutionException.class, () -> missing.get(20, SECONDS)).getCause());
    }
    assertEquals(List.of(), partsLeft());
  }

  @ParameterizedTest
  @EnumSource
  void aRunThatIsCancelledLeavesNoFileAndTheWorkerGoesOn(ThreadKind threads) throws Exception {
    Path large = file("large", 30_000_000);
    Path small = file("small", 1_000);
    try (var pool =
        WorkerPool.of(new CompressFactory())
            .option("level", "19")
            .threads(threads)
            .workers(1)
            .open()) {
      CompletableFuture<Compressed> running = pool.submit(large);
      while (partsLeft().isEmpty()) { // bounded by the test's time-out
        Thread.sleep(1);
      }
      running.cancel(true);
      Compressed next = pool.submit(small).get(20, SECONDS);
      assertArrayEquals(Files.readAllBytes(small), decompressed(Path.of(next.stored())));
      assertTrue(Files.notExists(folder.resolve("large.zst")));
    }
    assertEquals(List.of(), partsLeft());
  }

  @Test
  void twoWorkersMayHaveTheSameFileAndOneMayBeCancelled() throws Exception {
    Path file = file("same", 5_000_000);
    byte[] content = Files.readAllBytes(file);
    for (int round = 0; round < 10; round++) {
      try (var pool = pool(ThreadKind.VIRTUAL)) {
        CompletableFuture<Compressed> first = pool.submit(file);
        CompletableFuture<Compressed> second = pool.submit(file);
        Compressed stored = first.get(20, SECONDS);
        second.cancel(true);
        assertEquals(content.length, stored.bytes());
      }
      assertArrayEquals(content, decompressed(folder.resolve("same.zst")));
    }
    assertEquals(List.of(), partsLeft());
  }

  @Test
  void whatIsNoFileFailsAndTouchesNothing() throws Exception {
    try (var pool = pool(ThreadKind.VIRTUAL)) {
      for (Path none : List.of(Path.of("/"), Path.of(""), folder)) {
        assertInstanceOf(
            NoSuchFileException.class,
            assertThrows(ExecutionException.class, () -> pool.submit(none).get(20, SECONDS))
                .getCause());
      }
    }
  }

  @Test
  void anImpossibleLevelIsRefusedBeforeAnyWorkerOpens() {
    var builder = WorkerPool.of(new CompressFactory()).option("level", "23");
    Exception e = assertThrows(IllegalArgumentException.class, builder::open);
    assertTrue(e.getMessage().contains("must be from 1 to 22, but was 23"), e.getMessage());
  }
}
