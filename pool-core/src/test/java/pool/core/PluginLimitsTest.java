package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pool.core.PluginPacker.jar;
import static pool.core.PluginPacker.names;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pool.api.WorkerFactory;
import pool.core.internal.discovery.EntryLimits;

/**
 * What is read of a plugin is bounded, and so are the time that it takes and what is told of it.
 */
@Timeout(60)
class PluginLimitsTest {

  private static final String SERVICES = "META-INF/services/" + WorkerFactory.class.getName();

  @TempDir Path folder;
  private PluginPacker packer;
  private Path plugins;

  @BeforeEach
  void makeDirectory() throws Exception {
    packer = new PluginPacker(folder);
    plugins = packer.plugins;
    jar(packer.plain("good", "public"), plugins.resolve("good/good.jar"));
  }

  private String failure() {
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(List.of("good"), names(factories));
    assertEquals(1, factories.failures().size(), factories.failures()::toString);
    return factories.failures().getFirst().toString();
  }

  /** Packs an entry of so many bytes, which are zeros or lines. */
  private static Path pack(Path jar, String entry, long length) throws IOException {
    Files.createDirectories(jar.getParent());
    byte[] some = new byte[1 << 16];
    Arrays.fill(some, (byte) '\n');
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.setLevel(Deflater.BEST_SPEED);
      zip.putNextEntry(new ZipEntry(entry));
      for (long left = length; left > 0; left -= some.length) {
        zip.write(some, 0, (int) Math.min(left, some.length));
      }
    }
    return jar;
  }

  // Lengths

  @ParameterizedTest
  @EntryLimits
  void aLongEntryIsRefusedWithItsLengthAndTheLimit(String entry, long most) throws Exception {
    for (String jar : List.of("bad.jar", "bad/lib.jar")) {
      Path bad = pack(plugins.resolve(jar), entry, most + 1_000);
      assertEquals(
          "plugin %s: %s in %s has %d bytes, and at most %d are read"
              .formatted(jar.replace("/lib.jar", ""), entry, bad.getFileName(), most + 1_000, most),
          failure());
      Files.delete(bad);
      Files.deleteIfExists(plugins.resolve("bad"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"META-INF/services/pool.api.WorkerFactory", "huge/Huge.class"})
  void alsoWhenTheJarSaysThatItIsShort(String entry) throws Exception {
    Path bad = pack(plugins.resolve("bad.jar"), entry, 50_000_000);
    try (RandomAccessFile file = new RandomAccessFile(bad.toFile(), "rw")) {
      byte[] bytes = Files.readAllBytes(bad);
      ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int directory = zip.getInt(bytes.length - 22 + 16);
      assertEquals(50_000_000, zip.getInt(directory + 24));
      file.seek(directory + 24);
      file.write(100); // and three zeros
      file.write(new byte[3]);
    }
    String line = failure();
    assertTrue(
        line.startsWith("plugin bad.jar: " + entry + " in bad.jar has more bytes, and"), line);
  }

  @Test
  void manyServicesFilesAreAsOne() throws Exception {
    try (ZipOutputStream zip =
        new ZipOutputStream(Files.newOutputStream(plugins.resolve("bad.jar")))) {
      for (int i = 0; i < 20; i++) {
        zip.putNextEntry(new ZipEntry("META-INF/services/service" + i));
        zip.write(new byte[60_000]);
      }
    }
    assertEquals(
        "plugin bad.jar: all services files together in bad.jar has 1020000 bytes, and at most 1000000 are read",
        failure());
  }

  /** A file of which nothing is written but its end, which says how long the directory is. */
  @ParameterizedTest
  @CsvSource({"false, 0", "true, 0", "false, 100", "true, 65535"})
  void aLongDirectoryIsNotRead(boolean in64Bits, int comment) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(plugins.resolve("bad.jar").toFile(), "rw")) {
      int length = 100_000_000;
      file.setLength(length);
      file.seek(length);
      ByteBuffer end = ByteBuffer.allocate(56 + 20 + 22 + comment).order(ByteOrder.LITTLE_ENDIAN);
      if (in64Bits) {
        end.putInt(0x06064b50).putLong(44).position(40);
        end.putLong(length).putLong(0);
        end.putInt(0x07064b50).putInt(0).putLong(length).putInt(1);
      }
      end.putInt(0x06054b50).putShort((short) 0).putShort((short) 0);
      end.putShort((short) -1).putShort((short) -1);
      end.putInt(in64Bits ? -1 : length).putInt(0).putShort((short) comment);
      if (comment > 0) { // it looks like another end, of a directory longer than the file
        end.mark().putInt(0x06054b50).putLong(0).putInt(-2).reset();
        end.position(end.position() + comment);
      }
      file.write(end.array(), 0, end.position());
    }
    assertEquals(
        "plugin bad.jar: its directory in bad.jar has 100000000 bytes, and at most 50000000 are read",
        failure());
  }

  @Test
  @Timeout(120)
  void manyEntries() throws Exception {
    for (String jar : List.of("a", "b")) {
      Path bad = Files.createDirectories(plugins.resolve("bad")).resolve(jar + ".jar");
      try (OutputStream file = Files.newOutputStream(bad);
          ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(file))) {
        zip.setLevel(Deflater.NO_COMPRESSION);
        for (int i = 0; i < 250_001; i++) {
          zip.putNextEntry(new ZipEntry(jar + i));
        }
      }
    }
    assertEquals("plugin bad: its jars have more than 500000 entries", failure());
  }

  @Test
  @Timeout(120)
  void manyEntriesOfTheDirectory() throws Exception {
    Path many = Files.createDirectory(folder.resolve("many"));
    for (int i = 0; i <= 10_000; i++) {
      Files.createFile(many.resolve("file" + i));
    }
    var e = assertThrows(IllegalArgumentException.class, () -> WorkerFactories.in(many));
    assertTrue(e.getMessage().contains("has more than 10000 entries; name a folder"), e.toString());
  }

  // What is told

  private void packServices(String text) throws Exception {
    Path classes = packer.plain("bad", "public");
    Files.writeString(classes.resolve(SERVICES), text);
    jar(classes, plugins.resolve("bad.jar"));
  }

  @Test
  void manyProvidersThatAreNotThere() throws Exception {
    packServices(
        IntStream.range(0, 50_000).mapToObj(i -> "gone.G" + i).collect(Collectors.joining("\n")));
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(List.of("good"), names(factories));
    assertEquals(101, factories.failures().size());
    assertEquals(
        "plugin bad.jar, more providers: not looked at, since 100 have failed",
        factories.failures().getLast().toString());
  }

  @Test
  void aProviderWithALongName() throws Exception {
    packServices("g".repeat(900_000));
    String line = failure();
    assertTrue(line.length() < 1_200, () -> "long: " + line.length());
    assertTrue(
        line.matches("plugin bad.jar, a provider: .*ggg\\.\\.\\. \\(\\d+ more characters\\)"),
        line);
  }

  @Test
  void aFactoryWithALongName() throws Exception {
    String factory =
        PluginPacker.FACTORY
            .formatted("bad", "\"\"", "public")
            .replace("\"bad\"", "\"bad\".repeat(100_000)");
    jar(
        PluginPacker.services(packer.compile(Map.of("bad/Factory.java", factory)), "bad"),
        plugins.resolve("bad.jar"));
    assertEquals(
        "plugin bad.jar, bad.Factory (class path): name() returned 300000 characters, and at most 10000 are read",
        failure());
  }

  // Time

  /** Heeds no interrupt, and takes no time of the processor from the tests that follow. */
  private static final String HANG =
      " static void hang() {"
          + " while (true) { try { Thread.sleep(60_000); } catch (InterruptedException e) { } } }";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "static { hang(); }" + HANG,
        "public Factory() throws Exception { Thread.sleep(1_000_000); }",
        "public String description() { hang(); return \"\"; }" + HANG
      })
  void oneThatDoesNotComeBackIsGivenUp(String member) throws Exception {
    String factory = PluginPacker.FACTORY.formatted("bad", "\"\"", "public");
    String hanging = factory.substring(0, factory.lastIndexOf('}')) + member + " }";
    jar(
        PluginPacker.services(packer.compile(Map.of("bad/Factory.java", hanging)), "bad"),
        plugins.resolve("bad.jar"));
    WorkerFactories factories = WorkerFactories.in(plugins, Duration.ofSeconds(5));
    assertEquals(List.of("good"), names(factories));
    String line = factories.failures().getFirst().toString();
    assertTrue(
        line.matches(
            "plugin bad.jar: it did not come back within 5 s; it is at .*bad.Factory\\..*\\(Factory.java:\\d+\\)"),
        line);
  }

  // Memory

  /** More than the program has, in few bytes. */
  @Test
  @Timeout(120)
  void hugeFilesDoNotEndASmallProgram() throws Exception {
    pack(plugins.resolve("services.jar"), SERVICES, 3_200_000_000L);
    pack(plugins.resolve("manifest.jar"), "META-INF/MANIFEST.MF", 300_000_000L);
    pack(plugins.resolve("class.jar"), "bad/Factory.class", 300_000_000L);
    ChildJvm.Ended ended =
        ChildJvm.run(List.of("-Xmx32m"), PluginDirectoryProgram.class, plugins.toString());
    assertEquals(
        List.of(
            "ran good",
            "failed plugin class.jar: bad/Factory.class in class.jar has 300000000 bytes, and at most 20000000 are read",
            "failed plugin manifest.jar: META-INF/MANIFEST.MF in manifest.jar has 300000000 bytes, and at most 4000000 are read",
            "failed plugin services.jar: "
                + SERVICES
                + " in services.jar has 3200000000 bytes, and at most 1000000 are read"),
        ended.lines());
    assertEquals(0, ended.status());
  }
}
