package pool.core.internal.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.module.FindException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is known of a jar before anything of it is loaded, and how much of it is read for that. */
@Timeout(60)
class PluginJarTest {

  private static final String SERVICE = "pool.api.WorkerFactory";
  private static final String SERVICES = "META-INF/services/";
  private static final String MANIFEST = "META-INF/MANIFEST.MF";
  private static final int MOST_SERVICES = 1_000_000;
  private static final int LARGEST_DIRECTORY = 50_000_000;

  @TempDir Path folder;
  private final JarMaker jar = new JarMaker();
  private final List<String> entries = new ArrayList<>();
  private Path path;

  @BeforeEach
  void namePath() {
    path = folder.resolve("some.jar");
  }

  private PluginJar readFile() {
    return PluginJar.read(path, "this jar", entries::add);
  }

  private PluginJar read() throws IOException {
    jar.pack(path);
    return readFile();
  }

  private PluginJar readAsIfShort(int said) throws IOException {
    jar.packAsIfShort(path, said);
    return readFile();
  }

  private void assertRefused(String message) {
    assertEquals(message, assertThrows(FindException.class, this::readFile).getMessage());
  }

  // Lengths

  @ParameterizedTest
  @EntryLimits
  void anEntryMayBeAsLongAsItsLimitAndNotLonger(String entry, int most) throws Exception {
    String limit = ", and at most " + most + " are read";
    jar.withLines(entry, most);
    assertEquals("this jar", read().name());
    assertEquals("this jar", readAsIfShort(1).name());

    jar.withLines(entry, most + 1).pack(path);
    assertRefused(entry + " in this jar has more bytes" + limit);
    for (int said : new int[] {1, most - 1, most}) {
      jar.packAsIfShort(path, said);
      assertRefused(entry + " in this jar has more bytes" + limit);
    }

    jar.withLines(entry, most + 2).pack(path);
    assertRefused(entry + " in this jar has " + (most + 2) + " bytes" + limit);
  }

  @Test
  void allServicesFilesTogetherMayBeAsLongAsOne() throws Exception {
    jar.withLines(SERVICES + "a", MOST_SERVICES / 2).withLines(SERVICES + "b", MOST_SERVICES / 2);
    assertEquals("this jar", read().name());

    jar.withLines(SERVICES + "c", 2).pack(path);
    assertRefused(
        "all services files together in this jar has 1000002 bytes, and at most 1000000 are read");
  }

  @Test
  void servicesFilesThatSayThatTheyAreShortCountAsLongAsTheyAre() throws Exception {
    jar.withLines(SERVICES + "a", 600_000).withLines(SERVICES + "b", 600_000);
    jar.packAsIfShort(path, 1);
    assertRefused(
        "all services files together in this jar has 1200000 bytes, and at most 1000000 are read");
  }

  @Test
  void whatIsNotReadAsAWholeMayBeAsLongAsItLikes() throws Exception {
    jar.withLines("data.txt", 30_000_000);
    assertEquals("this jar", read().name());
  }

  /** A file of which nothing is written but its end, which says how long the directory is. */
  @ParameterizedTest
  @ValueSource(ints = {LARGEST_DIRECTORY, LARGEST_DIRECTORY + 2})
  void aDirectoryMayBeAsLongAsItsLimitAndNotLonger(int length) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(length);
      file.seek(length);
      ByteBuffer end = ByteBuffer.allocate(22).order(ByteOrder.LITTLE_ENDIAN);
      end.putInt(0, 0x06054b50).putInt(12, length).putInt(16, 1); // begins where it cannot
      file.write(end.array());
    }
    String message = assertThrows(FindException.class, this::readFile).getMessage();
    String expected =
        length == LARGEST_DIRECTORY
            ? "this jar cannot be read as a jar: java.util.zip.ZipException: "
            : "its directory in this jar has 50000002 bytes, and at most 50000000 are read";
    assertTrue(message.startsWith(expected), message);
  }

  // What it is

  @Test
  void whatIsNoFileIsNotOpened() throws Exception {
    assertRefused("this jar is not a file that can be read as a jar");
    Files.createDirectory(path);
    assertRefused("this jar is not a file that can be read as a jar");
  }

  @Test
  void whatIsNoZipFileCannotBeRead() throws Exception {
    Files.writeString(path, "no zip");
    FindException e = assertThrows(FindException.class, this::readFile);
    assertTrue(e.getMessage().startsWith("this jar cannot be read as a jar: "), e.getMessage());
    assertNotNull(e.getCause());
  }

  @Test
  void itIsKnownByWhereItIsAndWhereItReallyIs() throws Exception {
    Path real = jar.with("a", "").pack(folder.resolve("real.bin"));
    Files.createSymbolicLink(path, real);
    PluginJar read = readFile();
    assertEquals(path, read.path());
    assertEquals(real.toRealPath(), read.realPath());
  }

  @Test
  void theNameOfAJarMayEndInCapitals() {
    assertTrue(PluginJar.isNamedAsJar(folder.resolve("a.jar")));
    assertTrue(PluginJar.isNamedAsJar(folder.resolve("A.JAR")));
    assertFalse(PluginJar.isNamedAsJar(folder.resolve("a.zip")));
    assertFalse(PluginJar.isNamedAsJar(folder.resolve("of.jar").resolve("jar")));
  }

  @Test
  void whoReadsItIsToldOfEachEntry() throws Exception {
    jar.with("a/", "").with("a/A.class", "").with(SERVICES + "b", "").with("c.jar", "");
    PluginJar _ = read();
    assertEquals(List.of("a/", "a/A.class", SERVICES + "b", "c.jar"), entries);
  }

  // Factories

  @Test
  void aPlainLibraryHasNoFactory() throws Exception {
    jar.with("lib/Lib.class", "").with(SERVICES + "java.sql.Driver", "lib.Driver");
    PluginJar read = read();
    assertFalse(read.isModule());
    assertFalse(read.hasServices());
    assertFalse(read.hasFactory());
    assertEquals(List.of(), read.provides());
    assertEquals(List.of(), read.classPath());
    assertNull(read.inner());
    assertNull(read.badDescriptor());
  }

  @Test
  void aServicesFileNamesFactories() throws Exception {
    jar.with(SERVICES + SERVICE, "good.Factory");
    PluginJar read = read();
    assertTrue(read.hasServices());
    assertTrue(read.hasFactory());
    assertFalse(read.isModule());
  }

  @Test
  void aModuleProvidesFactories() throws Exception {
    jar.with("module-info.class", JarMaker.descriptor("good", SERVICE, "good.A", "good.B"));
    PluginJar read = read();
    assertTrue(read.isModule());
    assertTrue(read.hasFactory());
    assertFalse(read.hasServices());
    assertEquals(List.of("good.A", "good.B"), read.provides());
    assertNull(read.badDescriptor());
  }

  @Test
  void aModuleThatProvidesSomethingElseHasNoFactory() throws Exception {
    jar.with("module-info.class", JarMaker.descriptor("lib", "java.sql.Driver", "lib.Driver"));
    PluginJar read = read();
    assertTrue(read.isModule());
    assertFalse(read.hasFactory());
    assertEquals(List.of(), read.provides());
  }

  @Test
  void aDescriptorThatCannotBeReadMakesNoModuleAndIsToldOf() throws Exception {
    jar.with("module-info.class", "no class");
    PluginJar read = read();
    assertFalse(read.isModule());
    assertFalse(read.hasFactory());
    assertNotNull(read.badDescriptor());
  }

  @Test
  void theDescriptorForThisJavaCounts() throws Exception {
    jar.with(MANIFEST, "Manifest-Version: 1.0\nMulti-Release: true\n\n")
        .with("module-info.class", JarMaker.descriptor("good", SERVICE, "good.Old"))
        .with(
            "META-INF/versions/25/module-info.class",
            JarMaker.descriptor("good", SERVICE, "good.Current"));
    assertEquals(List.of("good.Current"), read().provides());
  }

  // What it needs

  @Test
  void theFilesThatItsManifestNamesLieBesideItOrAnywhere() throws Exception {
    Path elsewhere = folder.resolve("elsewhere").resolve("b.jar");
    jar.with(
        MANIFEST,
        "Manifest-Version: 1.0\nClass-Path:  a%20b.jar   libs/ ../c.jar\n  "
            + elsewhere.toUri()
            + "\n\n");
    assertEquals(
        List.of(
            folder.resolve("a b.jar"),
            folder.resolve("libs"),
            folder.resolveSibling("c.jar"),
            elsewhere),
        read().classPath());
  }

  @Test
  void whatItsManifestNamesAndIsNoFileIsLeftOut() throws Exception {
    jar.with(
        MANIFEST,
        "Manifest-Version: 1.0\nClass-Path: http://host/a.jar a.jar mailto:me %zz //host/b.jar\n\n");
    assertEquals(List.of(folder.resolve("a.jar")), read().classPath());
  }

  // What is inside

  @ParameterizedTest
  @ValueSource(
      strings = {"a.jar", "lib/a.jar", "libs/a.jar", "BOOT-INF/lib/a.jar", "x/y/libs/a.jar"})
  void librariesInsideIt(String inner) throws Exception {
    jar.with("before.txt", "").with(inner, "").with("lib/second.jar", "");
    assertEquals(inner, read().inner());
  }

  @ParameterizedTest
  @ValueSource(strings = {"data/a.jar", "lib/more/a.jar", "mylib/a.jar", "lib/.jar", "a.jar.txt"})
  void otherFilesInsideItAreNoLibraries(String inner) throws Exception {
    jar.with(inner, "");
    assertNull(read().inner());
  }
}
