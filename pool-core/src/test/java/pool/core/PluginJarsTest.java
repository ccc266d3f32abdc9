package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pool.core.PluginPacker.PROVIDES;
import static pool.core.PluginPacker.jar;
import static pool.core.PluginPacker.names;
import static pool.core.PluginPacker.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the jars of a plugin may lie, and which files are none. */
@Timeout(60)
class PluginJarsTest {

  @TempDir Path folder;
  private PluginPacker packer;
  private Path plugins;
  private Path lib;

  @BeforeEach
  void makeDirectory() throws Exception {
    packer = new PluginPacker(folder);
    plugins = packer.plugins;
    lib = packer.says("lib.Lib", "library");
  }

  /** Without a descriptor; needs the library. */
  private void needing(Path jar, String manifest) throws Exception {
    jar(packer.plainWith("good", "lib.Lib.text()", lib), jar, manifest);
  }

  private void assertRuns() throws Exception {
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(List.of(), factories.failures());
    assertEquals(List.of("good"), names(factories));
    assertEquals("library", run(factories, "good"));
  }

  private void assertRefused(String line) {
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(List.of(), names(factories));
    assertEquals("[" + line + "]", factories.failures().toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"lib", "libs", "dependency/of/it"})
  void librariesInSubFolders(String below) throws Exception {
    needing(plugins.resolve("good/good.jar"), "");
    jar(lib, plugins.resolve("good").resolve(below).resolve("lib.jar"));
    assertRuns();
  }

  @Test
  @Tag("modules")
  void aModuleFindsAModuleInASubFolder() throws Exception {
    Path module =
        packer.compile(
            new TreeMap<>(
                Map.of(
                    "module-info.java",
                    "module lib { exports lib; }",
                    "lib/Lib.java",
                    "package lib; public class Lib { public static String text() { return \"library\"; } }")));
    Path lib = jar(module, plugins.resolve("good/lib/lib.jar"));
    String directives = "requires lib; " + PROVIDES.formatted("good");
    jar(packer.module("good", "lib.Lib.text()", directives, lib), plugins.resolve("good/good.jar"));
    assertRuns();
    assertEquals("good", WorkerFactories.in(plugins).find("good").module().orElseThrow());
  }

  @Test
  void librariesThatTheManifestNames() throws Exception {
    needing(plugins.resolve("good/good.jar"), "Class-Path: more.jar ../../elsewhere/a%20b.jar\n");
    jar(packer.says("more.More", ""), plugins.resolve("good/more.jar"));
    jar(lib, folder.resolve("elsewhere/a b.jar"));
    assertRuns();
  }

  /** As build tools leave them; the folder of libraries is no plugin. */
  @ParameterizedTest
  @ValueSource(strings = {"lib/lib.jar", "lib.jar"})
  void librariesThatTheManifestOfALoneJarNames(String where) throws Exception {
    needing(plugins.resolve("good.jar"), "Class-Path: " + where + "\n");
    jar(lib, plugins.resolve(where));
    assertRuns();
  }

  @Test
  void librariesThatTheManifestOfALibraryNames() throws Exception {
    needing(plugins.resolve("good/good.jar"), "");
    jar(packer.says("more.More", ""), plugins.resolve("good/more.jar"), "Class-Path: x/lib gone\n");
    jar(lib, plugins.resolve("good/x/lib"));
    assertRuns();
  }

  @Test
  void aLibraryThatTheManifestNamesAndThatIsNotThere() throws Exception {
    needing(plugins.resolve("good.jar"), "Class-Path: lib/lib.jar\n");
    assertRefused(
        "plugin good.jar: the Class-Path in the manifest of good.jar names "
            + plugins.resolve("lib/lib.jar")
            + ", which is not there; put it into the plugin's folder, or leave it out of the manifest");
  }

  @Test
  void librariesThatAreThereByAnotherNameOrThatTheProgramHas() throws Exception {
    needing(
        plugins.resolve("good/good.jar"),
        "Class-Path: lib/lib-1.0-20261128.1-1.jar pool-api-0.1.jar slf4j-api-2.0.20.jar\n");
    jar(lib, plugins.resolve("good/lib-1.0-SNAPSHOT.jar"));
    assertRuns();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lib/lib.jar", "BOOT-INF/lib/lib.jar", "lib.jar"})
  void librariesInsideTheJar(String where) throws Exception {
    Path classes = packer.plainWith("good", "lib.Lib.text()", lib);
    jar(lib, classes.resolve(where));
    jar(classes, plugins.resolve("good.jar"));
    assertRefused(
        "plugin good.jar: good.jar has "
            + where
            + " inside, where Java does not look; put the libraries beside the plugin's jar");
  }

  @Test
  void twoVersionsOfOneLibrary() throws Exception {
    needing(plugins.resolve("good/good.jar"), "");
    jar(lib, plugins.resolve("good/lib-1.jar"));
    jar(packer.says("lib.Lib", "2"), plugins.resolve("good/lib/lib-2.jar"));
    assertRefused(
        "plugin good: lib-1.jar and "
            + Path.of("lib", "lib-2.jar")
            + " both have the class lib.Lib; leave one of them out");
  }

  // Files that are no jars

  @Test
  void hiddenFilesAndLinksThatGoRoundAreNotLookedAt() throws Exception {
    needing(plugins.resolve("good/good.jar"), "");
    jar(lib, plugins.resolve("good/lib/lib.jar"));
    Files.writeString(plugins.resolve("good/._good.jar"), "of another system");
    Files.writeString(plugins.resolve("._good.jar"), "of another system");
    Files.createDirectories(plugins.resolve(".git"));
    jar(lib, plugins.resolve("good/.old/lib.jar"));
    Files.createSymbolicLink(plugins.resolve("good/lib/above"), plugins.resolve("good"));
    assertRuns();
  }

  @Test
  void linksToJarsAndFolders() throws Exception {
    Path elsewhere = folder.resolve("elsewhere");
    needing(elsewhere.resolve("good.bin"), "");
    jar(lib, elsewhere.resolve("libs/lib.bin"));
    Files.createDirectories(plugins.resolve("good"));
    Files.createSymbolicLink(plugins.resolve("good/good.jar"), elsewhere.resolve("good.bin"));
    Files.createSymbolicLink(elsewhere.resolve("libs/lib.jar"), elsewhere.resolve("libs/lib.bin"));
    Files.createSymbolicLink(plugins.resolve("good/lib"), elsewhere.resolve("libs"));
    assertRuns();
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe", "device", "link"})
  void whoOpensItWouldWaitOrFindNothing(String kind) throws Exception {
    for (String where : List.of("bad.jar", "bad/bad.jar", "bad.bin")) {
      Path jar = plugins.resolve(where);
      Files.createDirectories(jar.getParent());
      switch (kind) {
        case "pipe" -> {
          Process made = new ProcessBuilder("mkfifo", jar.toString()).inheritIO().start();
          assertTrue(made.waitFor(10, TimeUnit.SECONDS));
        }
        case "device" -> Files.createSymbolicLink(jar, Path.of("/dev/zero"));
        default -> Files.createSymbolicLink(jar, folder.resolve("nowhere"));
      }
    }
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(
        "[plugin bad: bad.jar is not a file that can be read as a jar,"
            + " plugin bad.jar: bad.jar is not a file that can be read as a jar]",
        factories.failures().toString());
  }

  @Test
  void aPipeThatAManifestNames() throws Exception {
    needing(plugins.resolve("good/good.jar"), "Class-Path: pipe\n");
    Path pipe = plugins.resolve("good/pipe");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor());
    assertRefused("plugin good: pipe is not a file that can be read as a jar");
  }

  @Test
  void aLibraryThatWasCutOff() throws Exception {
    needing(plugins.resolve("good/good.jar"), "");
    Path cut = jar(lib, plugins.resolve("good/lib.jar"));
    byte[] bytes = Files.readAllBytes(cut);
    Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));
    WorkerFactories factories = WorkerFactories.in(plugins);
    String line = factories.failures().getFirst().toString();
    assertTrue(line.startsWith("plugin good: lib.jar cannot be read as a jar: "), line);
    Files.write(cut, new byte[0]);
    line = WorkerFactories.in(plugins).failures().getFirst().toString();
    assertTrue(line.startsWith("plugin good: lib.jar cannot be read as a jar: "), line);
  }

  /** By way of links, each file is there a hundred times. */
  @Test
  void aFolderThatIsNoPlugins() throws IOException {
    Path some = Files.createDirectory(folder.resolve("some"));
    Path files = Files.createDirectory(plugins.resolve("files"));
    for (int i = 0; i < 101; i++) {
      Files.createFile(some.resolve("file" + i));
      Files.createSymbolicLink(files.resolve("link" + i), some);
    }
    assertRefused("plugin files: it has more than 10000 files: is it a plugin?");
  }
}
