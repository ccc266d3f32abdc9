package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.module.ModuleFinder;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.api.WorkerFactory;

/** Plugins are compiled and packed by the test, and put into a directory. */
@Timeout(60)
class PluginDirectoryTest {

  private static final String FACTORY =
      """
      package %1$s;
      %3$s class Factory implements pool.api.WorkerFactory<Integer, String> {
        public String name() { return "%1$s"; }
        public Class<Integer> jobType() { return Integer.class; }
        public Class<String> resultType() { return String.class; }
        public pool.api.Worker<Integer, String> open(pool.api.WorkerContext context) {
          return job -> %2$s;
        }
      }
      """;
  private static final String PROVIDES = "provides pool.api.WorkerFactory with %1$s.Factory;";

  @TempDir Path folder;
  private Path plugins;

  @BeforeEach
  void makeDirectory() throws Exception {
    plugins = Files.createDirectory(folder.resolve("plugins"));
  }

  // To compile and to pack

  private Path compile(Map<String, String> sources, Path... needs) throws Exception {
    Path work = Files.createTempDirectory(folder, "work");
    return Sources.compile(work.resolve("classes"), sources, needs);
  }

  /** Packs classes; a jar that is there is replaced at once, as by a careful deployer. */
  private static Path jar(Path classes, Path jar) throws Exception {
    Files.createDirectories(jar.getParent());
    Path packing = jar.resolveSibling(jar.getFileName() + ".new");
    Sources.run("jar", "--create", "--file", packing.toString(), "-C", classes.toString(), ".");
    return Files.move(packing, jar, StandardCopyOption.REPLACE_EXISTING);
  }

  /** A module with a factory of its name, whose results are that expression. */
  private Path module(String name, String result, String directives, Path... needs)
      throws Exception {
    return compile(
        new TreeMap<>(
            Map.of(
                "module-info.java",
                "module %s { requires pool.api; %s }".formatted(name, directives),
                name + "/Factory.java",
                FACTORY.formatted(name, result, "public"))),
        needs);
  }

  private Path module(String name, String result) throws Exception {
    return module(name, result, PROVIDES.formatted(name));
  }

  /** Classes without a module descriptor, whose factory is named as on the class path. */
  private Path plain(String name, String modifier) throws Exception {
    String factory = FACTORY.formatted(name, '"' + name + '"', modifier);
    return services(compile(Map.of(name + "/Factory.java", factory)), name);
  }

  private static Path services(Path classes, String name) throws Exception {
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve(WorkerFactory.class.getName()), name + ".Factory\n");
    return classes;
  }

  /** A library of that version. */
  private Path library(String version, Path jar) throws Exception {
    return jar(
        compile(
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
    Path classes = compile(Map.of("asks/Factory.java", factory), lib);
    jar(services(classes, "asks"), folderOfPlugin.resolve("asks.jar"));
  }

  private static String run(WorkerFactories factories, String name) throws Exception {
    WorkerFactory<Integer, String> factory = factories.factory(name, Integer.class, String.class);
    try (var pool = WorkerPool.of(factory).workers(1).open()) {
      return pool.submit(1).get(20, TimeUnit.SECONDS);
    }
  }

  private static List<String> names(WorkerFactories factories) {
    return factories.found().stream().map(FactoryInfo::name).toList();
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
          module(name, "lib.Lib.version()", "requires lib; " + PROVIDES.formatted(name), lib),
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
            "module made { requires pool.api; provides pool.api.WorkerFactory with made.Maker; }",
            "made/Maker.java",
            "package made; public class Maker {"
                + " public static pool.api.WorkerFactory<Integer, String> provider() {"
                + " return new Factory(); } }",
            "made/Factory.java",
            FACTORY.formatted("made", "\"made\"", ""));
    jar(compile(new TreeMap<>(sources)), plugins.resolve("made.jar"));
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
    jar(plain("plain", "public"), plugins.resolve("plain").resolve("plain.jar"));
    jar(module("named", "\"named\""), plugins.resolve("named.jar"));
    ChildJvm.Ended ended =
        ChildJvm.run(List.of(), PluginDirectoryProgram.class, plugins.toString());
    assertEquals(
        List.of(
            "ran plain",
            "failed plugin named.jar: it provides no factory; say 'provides pool.api.WorkerFactory"
                + " with ...' in its module-info, or name the factory in"
                + " META-INF/services/pool.api.WorkerFactory, which alone counts where the program"
                + " is on the class path"),
        ended.lines());
    assertEquals(0, ended.status());
  }

  @Test
  @Tag("modules")
  void aLoneJarWithoutADescriptorIsAPlugin() throws Exception {
    jar(plain("plain", "public"), plugins.resolve("plain-1.2.jar"));
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(List.of(), factories.failures());
    assertEquals("plain", run(factories, "plain"));
    assertEquals("1.2", factories.find("plain").version().orElseThrow());
  }

  @Test
  @Tag("modules")
  void aPluginThatCarriesACopyOfTheApiUsesTheApplications() throws Exception {
    Path carrying = plugins.resolve("carrying");
    jar(module("carrying", "\"it runs\""), carrying.resolve("carrying.jar"));
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
    jar(module("one", "\"1\""), plugins.resolve("one.jar"));
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    jar(module("two", "\"2\""), elsewhere.resolve("two.jar"));
    WorkerFactories both = WorkerFactories.in(plugins).and(WorkerFactories.in(elsewhere));
    assertEquals(List.of("one", "two"), names(both));
    assertEquals("2", run(both, "two"));
  }

  @Test
  @Tag("modules")
  void aPluginIsReplacedWhileTheProgramRunsAndTheOldOneIsCollected() throws Exception {
    Path jar = jar(module("changing", "\"old\""), plugins.resolve("changing.jar"));
    WeakReference<ClassLoader> old = loaderOf("old");
    jar(module("changing", "\"new\""), jar);
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
    jar(module("good", "\"good\""), plugins.resolve("good.jar"));
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
    jar(module("bad", "\"\"", ""), plugins.resolve("bad.jar"));
    assertFails("bad.jar", "say 'provides pool.api.WorkerFactory with ...'");
  }

  @Test
  @Tag("modules")
  void aLibraryThatIsNotThere() throws Exception {
    Path lib = library("1", folder.resolve("lib.jar"));
    jar(
        module("bad", "lib.Lib.version()", "requires lib; " + PROVIDES.formatted("bad"), lib),
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
        module("bad", "\"\"", "requires " + absent + "; " + PROVIDES.formatted("bad")),
        plugins.resolve("bad.jar"));
    assertFails("bad.jar", absent + " not found", "start the program with --add-modules " + absent);
  }

  @Test
  @Tag("modules")
  void aPackageInTwoJars() throws Exception {
    Path bad = plugins.resolve("bad");
    jar(plain("bad", "public"), bad.resolve("bad.jar"));
    for (String name : List.of("lib-a.jar", "lib-b.jar")) {
      jar(compile(Map.of("lib/Lib.java", "package lib; public class Lib {}")), bad.resolve(name));
    }
    assertFails("bad", "package lib", "lib.a", "lib.b");
  }

  @Test
  @Tag("modules")
  void aProviderThatIsNotPublic() throws Exception {
    jar(plain("bad", "final"), plugins.resolve("bad.jar"));
    assertFails("bad.jar", "bad.Factory", "public");
  }

  @Test
  @Tag("modules")
  void aClassFileOfALaterJava() throws Exception {
    Path classes = module("bad", "\"\"");
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
