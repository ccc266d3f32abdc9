package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pool.core.PluginPacker.FACTORY;
import static pool.core.PluginPacker.PROVIDES;
import static pool.core.PluginPacker.jar;
import static pool.core.PluginPacker.names;
import static pool.core.PluginPacker.run;
import static pool.core.PluginPacker.services;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Plugins are compiled and packed by the test, and put into a directory. */
@Timeout(60)
class PluginDirectoryTest {

  @TempDir Path folder;
  private PluginPacker packer;
  private Path plugins;

  @BeforeEach
  void makeDirectory() throws Exception {
    packer = new PluginPacker(folder);
    plugins = packer.plugins;
  }

  /** A library of that version. */
  private Path library(String version, Path jar) throws Exception {
    return jar(
        packer.compile(
            Map.of(
                "module-info.java",
                "module lib { exports lib; }",
                "lib/Lib.java",
                "package lib; public class Lib { public static String version() { return \"%s\"; } }"
                    .formatted(version))),
        jar);
  }

  /** A jar without a module descriptor, which tells the version of the library beside it. */
  private void packAsks(String version) throws Exception {
    Path folderOfPlugin = plugins.resolve("asks");
    Path lib = library(version, folderOfPlugin.resolve("lib.jar"));
    String factory = FACTORY.formatted("asks", "lib.Lib.version()", "public");
    Path classes = packer.compile(Map.of("asks/Factory.java", factory), lib);
    jar(services(classes, "asks"), folderOfPlugin.resolve("asks.jar"));
  }

  // What works

  @Test
  @Tag("modules")
  void twoPluginsCarryTwoVersionsOfOneLibrary() throws Exception {
    for (String version : List.of("1", "2")) {
      Path folderOfPlugin = plugins.resolve("p" + version);
      Path lib = library(version, folderOfPlugin.resolve("lib.jar"));
      String name = "plugin" + version;
      jar(
          packer.module(
              name, "lib.Lib.version()", "requires lib; " + PROVIDES.formatted(name), lib),
          folderOfPlugin.resolve(name + ".jar"));
    }
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(List.of(), factories.failures());
    assertEquals(List.of("plugin1", "plugin2"), names(factories));
    assertEquals("1", run(factories, "plugin1"));
    assertEquals("2", run(factories, "plugin2"));
  }

  @Test
  void aJarWithoutADescriptorFindsALibraryThatHasOne() throws Exception {
    packAsks("1");
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(List.of(), factories.failures());
    assertEquals("1", run(factories, "asks"));
  }

  @Test
  @Tag("modules")
  void aProviderMethodIsAProvider() throws Exception {
    Map<String, String> sources =
        Map.of(
            "module-info.java",
            "module made { requires pool.api;"
                + " provides pool.api.WorkerFactory with made.Maker, made.InPlace; }",
            "made/InPlace.java",
            "package made; public class InPlace {"
                + " public static pool.api.WorkerFactory<Integer, String> provider() {"
                + " return pool.api.WorkerFactory.of("
                + "\"in-place\", Integer.class, String.class, _ -> _ -> \"in place\"); } }",
            "made/Maker.java",
            "package made; public class Maker {"
                + " public static pool.api.WorkerFactory<Integer, String> provider() {"
                + " return new Factory(); } }",
            "made/Factory.java",
            FACTORY.formatted("made", "\"made\"", ""));
    jar(packer.compile(new TreeMap<>(sources)), plugins.resolve("made.jar"));
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(List.of(), factories.failures());
    assertEquals("made", run(factories, "made"));
    assertEquals("in place", run(factories, "in-place"));
    factories
        .found()
        .forEach(info -> assertEquals(Optional.of("made"), info.module(), info::toString));
  }

  /** Its class says nothing of whose it is. */
  @Test
  @Tag("modules")
  void aProviderMethodMayReturnAnObjectOfTheApplications() throws Exception {
    Map<String, String> sources =
        Map.of(
            "module-info.java",
            "module made { requires pool.api; provides pool.api.WorkerFactory with made.Maker; }",
            "made/Maker.java",
            """
            package made;
            import java.lang.reflect.Proxy;
            import pool.api.WorkerFactory;
            public class Maker {
              public static WorkerFactory<?, ?> provider() {
                return (WorkerFactory<?, ?>)
                    Proxy.newProxyInstance(
                        WorkerFactory.class.getClassLoader(),
                        new Class<?>[] {WorkerFactory.class},
                        (_, method, args) -> method.invoke(new Factory(), args));
              }
            }
            """,
            "made/Factory.java",
            FACTORY.formatted("made", "\"made\"", "public"));
    jar(packer.compile(new TreeMap<>(sources)), plugins.resolve("made.jar"));
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(List.of(), factories.failures());
    assertEquals("made", run(factories, "made"));
  }

  @Test
  void onTheClassPathAPluginsOwnLibraryComesFirst() throws Exception {
    Path programs = library("program's", folder.resolve("programs.jar"));
    packAsks("plugin's");
    ChildJvm.Ended ended =
        ChildJvm.run(
            List.of("-Xbootclasspath/a:" + programs),
            PluginDirectoryProgram.class,
            plugins.toString());
    assertEquals(List.of("ran plugin's"), ended.lines());
  }

  @Test
  void aProgramOnTheClassPathLoadsPluginsToo() throws Exception {
    jar(packer.plain("plain", "public"), plugins.resolve("plain").resolve("plain.jar"));
    jar(packer.module("named", "\"named\""), plugins.resolve("named.jar"));
    ChildJvm.Ended ended =
        ChildJvm.run(List.of(), PluginDirectoryProgram.class, plugins.toString());
    assertEquals(List.of("ran named", "ran plain"), ended.lines());
    assertEquals(0, ended.status());
  }

  @Test
  @Tag("modules")
  void aLoneJarWithoutADescriptorIsAPlugin() throws Exception {
    jar(packer.plain("plain", "public"), plugins.resolve("plain-1.2.jar"));
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(List.of(), factories.failures());
    assertEquals("plain", run(factories, "plain"));
    assertEquals("1.2", factories.find("plain").version().orElseThrow());
  }

  @Test
  @Tag("modules")
  void aPluginThatCarriesACopyOfTheApiUsesTheApplications() throws Exception {
    Path carrying = plugins.resolve("carrying");
    jar(packer.module("carrying", "\"it runs\""), carrying.resolve("carrying.jar"));
    Path copy = carrying.resolve("pool-api.jar");
    Path _ =
        Files.isDirectory(Sources.api())
            ? jar(Sources.api(), copy)
            : Files.copy(Sources.api(), copy);
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(List.of(), factories.failures());
    assertEquals("it runs", run(factories, "carrying"));
  }

  @Test
  @Tag("modules")
  void onlyThePluginsOwnFactoriesAreFoundAndCanBeJoinedWithOthers() throws Exception {
    jar(packer.module("one", "\"1\""), plugins.resolve("one.jar"));
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    jar(packer.module("two", "\"2\""), elsewhere.resolve("two.jar"));
    WorkerFactories both = WorkerFactories.in(plugins).and(WorkerFactories.in(elsewhere));
    assertEquals(List.of("one", "two"), names(both));
    assertEquals("2", run(both, "two"));
  }

  @Test
  @Tag("modules")
  void aPluginIsReplacedWhileTheProgramRunsAndTheOldOneIsCollected() throws Exception {
    Path jar = jar(packer.module("changing", "\"old\""), plugins.resolve("changing.jar"));
    WeakReference<ClassLoader> old = loaderOf("old");
    jar(packer.module("changing", "\"new\""), jar);
    WeakReference<ClassLoader> current = loaderOf("new");
    assertNotEquals(old.get(), current.get());
    Recorder.awaitCleared(List.of(old));
  }

  private WeakReference<ClassLoader> loaderOf(String expected) throws Exception {
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(expected, run(factories, "changing"));
    return new WeakReference<>(factories.find("changing").factory().getClass().getClassLoader());
  }

  // What does not: one line each, and the others are found

  private void assertFails(String plugin, String... parts) throws Exception {
    jar(packer.module("good", "\"good\""), plugins.resolve("good.jar"));
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals("good", run(factories, "good"));
    assertEquals(1, factories.failures().size(), () -> factories.failures().toString());
    String line = factories.failures().getFirst().toString();
    assertTrue(line.startsWith("plugin " + plugin), line);
    assertTrue(line.lines().count() == 1, line);
    for (String part : parts) {
      assertTrue(line.contains(part), line);
    }
    var e = assertThrows(NoSuchFactoryException.class, () -> factories.find("bad"));
    assertTrue(e.getMessage().contains(line), e.getMessage());
  }

  @Test
  @Tag("modules")
  void aBrokenJar() throws Exception {
    Files.writeString(plugins.resolve("bad.jar"), "no zip");
    assertFails("bad.jar", "bad.jar");
  }

  @Test
  @Tag("modules")
  void anEmptyFolder() throws Exception {
    Files.createDirectory(plugins.resolve("bad"));
    assertFails("bad", "it has no jar; put the plugin's jar there");
  }

  @Test
  @Tag("modules")
  void aModuleThatForgotProvides() throws Exception {
    jar(packer.module("bad", "\"\"", ""), plugins.resolve("bad.jar"));
    assertFails("bad.jar", "say 'provides pool.api.WorkerFactory with ...'");
  }

  @Test
  @Tag("modules")
  void aLibraryThatIsNotThere() throws Exception {
    Path lib = library("1", folder.resolve("lib.jar"));
    jar(
        packer.module(
            "bad", "lib.Lib.version()", "requires lib; " + PROVIDES.formatted("bad"), lib),
        plugins.resolve("bad.jar"));
    assertFails("bad.jar", "Module lib not found, required by bad", "put its jar into");
  }

  @Test
  @Tag("modules")
  void aModuleOfTheJdkThatIsNotThere() throws Exception {
    String absent =
        ModuleFinder.ofSystem().findAll().stream()
            .map(module -> module.descriptor().name())
            .filter(name -> ModuleLayer.boot().findModule(name).isEmpty())
            .findAny()
            .orElseThrow();
    jar(
        packer.module("bad", "\"\"", "requires " + absent + "; " + PROVIDES.formatted("bad")),
        plugins.resolve("bad.jar"));
    assertFails("bad.jar", absent + " not found", "start the program with --add-modules " + absent);
  }

  @Test
  @Tag("modules")
  void aPackageInTwoJars() throws Exception {
    Path bad = plugins.resolve("bad");
    jar(packer.plain("bad", "public"), bad.resolve("bad.jar"));
    for (String name : List.of("lib-a.jar", "lib-b.jar")) {
      jar(
          packer.compile(Map.of("lib/Lib.java", "package lib; public class Lib {}")),
          bad.resolve(name));
    }
    assertFails("bad", "lib-a.jar and lib-b.jar both have the class lib.Lib; leave one");
  }

  @Test
  @Tag("modules")
  void aProviderThatIsNotPublic() throws Exception {
    jar(packer.plain("bad", "final"), plugins.resolve("bad.jar"));
    assertFails("bad.jar", "bad.Factory", "public");
  }

  @Test
  @Tag("modules")
  void aClassFileOfALaterJava() throws Exception {
    Path classes = packer.module("bad", "\"\"");
    Path factory = classes.resolve("bad/Factory.class");
    byte[] code = Files.readAllBytes(factory);
    code[7] = 99; // the major version
    Files.write(factory, code);
    jar(classes, plugins.resolve("bad.jar"));
    assertFails("bad.jar", "class file version 99");
  }

  @Test
  void aDirectoryThatIsNone() throws IOException {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> WorkerFactories.in(folder.resolve("nowhere")));
    assertTrue(e.getMessage().contains("does not exist"), e.getMessage());
    Path file = Files.writeString(folder.resolve("file"), "");
    e = assertThrows(IllegalArgumentException.class, () -> WorkerFactories.in(file));
    assertTrue(e.getMessage().contains("is not a folder"), e.getMessage());
  }
}
