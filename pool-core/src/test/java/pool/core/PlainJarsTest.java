package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pool.core.PluginPacker.jar;
import static pool.core.PluginPacker.names;
import static pool.core.PluginPacker.run;

import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pool.api.WorkerFactory;

/** Jars that the JDK makes no modules of, and that a class path takes. */
@Timeout(60)
class PlainJarsTest {

  @TempDir Path folder;
  private PluginPacker packer;
  private Path plugins;
  private Path ofPlugin;

  @BeforeEach
  void makeDirectory() throws Exception {
    packer = new PluginPacker(folder);
    plugins = packer.plugins;
    ofPlugin = plugins.resolve("good");
  }

  private void assertRuns(String expected) throws Exception {
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(List.of(), factories.failures());
    assertEquals(List.of("good"), names(factories));
    assertEquals(expected, run(factories, "good"));
  }

  // Names

  @ParameterizedTest
  @ValueSource(
      strings = {
        "native-good-1.0.jar",
        "3good.jar",
        "good_2.13-1.0.jar",
        "good 2.0 (copy).jar",
        "GOOD.JAR",
        "good.Jar",
        "class.jar",
        "-1.0.jar",
        "jar..jar",
        "gööd-日本.jar",
        "100%25.jar",
        "a#b?c.jar",
        "a+b!c.jar"
      })
  void aNameThatIsNoModules(String name) throws Exception {
    jar(packer.plain("good", "public"), plugins.resolve(name));
    assertRuns("good");
  }

  @ParameterizedTest
  @ValueSource(strings = {"native-lib-1.0.jar", "3lib.jar", "lib_2.13-1.0.JAR", "lib (copy).jar"})
  void aLibraryWithSuchANameBesideEitherKindOfPlugin(String name) throws Exception {
    Path lib = packer.says("lib.Lib", "lib");
    jar(lib, ofPlugin.resolve(name));
    jar(packer.plainWith("good", "lib.Lib.text()", lib), ofPlugin.resolve("good.jar"));
    assertRuns("lib");
    jar(packer.module("good", "\"module\""), ofPlugin.resolve("good.jar"));
    assertRuns("module");
  }

  @Test
  void aModuleInAJarWhoseNameEndsInCapitals() throws Exception {
    jar(packer.module("good", "\"module\""), plugins.resolve("GOOD.JAR"));
    assertRuns("module");
  }

  @Test
  void anAutomaticModuleNameWithAReservedWord() throws Exception {
    jar(
        packer.plain("good", "public"),
        plugins.resolve("good.jar"),
        "Automatic-Module-Name: com.native.good\n");
    assertRuns("good");
  }

  @Test
  void theVersionIsThatOfTheName() throws Exception {
    jar(packer.plain("good", "public"), plugins.resolve("native-good-1.0.jar"));
    assertEquals("1.0", WorkerFactories.in(plugins).find("good").version().orElseThrow());
  }

  // Contents

  @Test
  void classesInTheRootOfAJar() throws Exception {
    Path help = packer.says("Help", "helped");
    String factory = PluginPacker.FACTORY.formatted("good", "Help.text()", "public");
    Path classes =
        packer.compile(Map.of("Factory.java", factory.replace("package good;", "")), help);
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve(WorkerFactory.class.getName()), "Factory\n");
    jar(classes, ofPlugin.resolve("good.jar"));
    jar(help, ofPlugin.resolve("help.jar"));
    assertRuns("helped");
  }

  @Test
  void aServicesFileOfALibraryThatNamesWhatIsNotThere() throws Exception {
    Path lib = packer.says("lib.Lib", "lib");
    Path services = Files.createDirectories(lib.resolve("META-INF/services"));
    Files.writeString(services.resolve("java.sql.Driver"), "gone.Driver\n");
    Files.writeString(services.resolve("lib.Service"), "not a name\n");
    jar(lib, ofPlugin.resolve("lib.jar"));
    jar(packer.plainWith("good", "lib.Lib.text()", lib), ofPlugin.resolve("good.jar"));
    assertRuns("lib");
    jar(packer.module("good", "\"module\""), ofPlugin.resolve("good.jar"));
    assertRuns("module");
  }

  @Test
  void aServicesFileOfThePluginThatNamesMoreThanThereIs() throws Exception {
    Path classes = packer.plain("good", "public");
    Path services = classes.resolve("META-INF/services").resolve(WorkerFactory.class.getName());
    Files.writeString(services, "gone.Factory\ngood.Factory\n");
    jar(classes, plugins.resolve("good.jar"));
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals("good", run(factories, "good"));
    assertEquals(
        "[plugin good.jar, a provider: pool.api.WorkerFactory: Provider gone.Factory not found]",
        factories.failures().toString());
  }

  @Test
  void onePackageInTwoJars() throws Exception {
    Path a = packer.says("lib.A", "a");
    Path b = packer.says("lib.B", "b");
    jar(a, ofPlugin.resolve("a.jar"));
    jar(b, ofPlugin.resolve("b.jar"));
    String both = "lib.A.text() + lib.B.text()";
    jar(packer.plainWith("good", both, a, b), ofPlugin.resolve("good.jar"));
    assertRuns("ab");
  }

  @Test
  @Tag("modules")
  void onePackageInTwoModulesOrTwoModulesOfOneName() throws Exception {
    for (String name : List.of("A", "B")) {
      Path classes = packer.says("lib." + name, name);
      jar(classes, ofPlugin.resolve(name + "-lib.jar"), "Automatic-Module-Name: lib\n");
    }
    jar(packer.module("good", "\"module\""), ofPlugin.resolve("good.jar"));
    assertRuns("module");
    Files.delete(ofPlugin.resolve("B-lib.jar"));
    jar(packer.says("lib.B", "b"), ofPlugin.resolve("B-lib.jar"), "Automatic-Module-Name: b\n");
    assertRuns("module");
  }

  @Test
  @Tag("modules")
  void aLibraryThatTheProgramHasAsAModule() throws Exception {
    Path lib = packer.says("lib.Lib", "own");
    jar(lib, ofPlugin.resolve("lib.jar"), "Automatic-Module-Name: org.slf4j.own\n");
    Path module =
        packer.compile(
            new TreeMap<>(
                Map.of(
                    "module-info.java",
                    "module org.opentest4j { exports org.opentest4j; }",
                    "org/opentest4j/Own.java",
                    "package org.opentest4j; public class Own {}")));
    jar(module, ofPlugin.resolve("opentest4j.jar"));
    jar(packer.plainWith("good", "lib.Lib.text()", lib), ofPlugin.resolve("good.jar"));
    assertRuns("own");
  }

  @Test
  void aLibraryForSeveralVersionsOfJava() throws Exception {
    Path old = packer.says("lib.Lib", "for any Java");
    Path current = packer.says("lib.Lib", "for this Java");
    Path versioned = Files.createDirectories(old.resolve("META-INF/versions/25/lib"));
    Files.copy(current.resolve("lib/Lib.class"), versioned.resolve("Lib.class"));
    jar(old, ofPlugin.resolve("native-lib.jar"), "Multi-Release: true\n");
    jar(packer.plainWith("good", "lib.Lib.text()", old), ofPlugin.resolve("good.jar"));
    assertRuns("for this Java");
  }

  @Test
  void aSignedJar() throws Exception {
    Path jar = jar(packer.plain("good", "public"), plugins.resolve("native-good.jar"));
    Path keys = folder.resolve("keys");
    String[] store = {"-keystore", keys.toString(), "-storepass", "secret"};
    tool("keytool", store, "-genkeypair", "-alias", "me", "-keyalg", "EC", "-dname", "CN=me");
    tool("jarsigner", store, jar.toString(), "me");
    assertRuns("good");
  }

  private static void tool(String name, String[] some, String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", name).toString());
    command.addAll(List.of(some));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    assertEquals(0, process.exitValue());
  }

  @Test
  void aJarWithoutAnEntry() throws Exception {
    jar(packer.plain("good", "public"), ofPlugin.resolve("good.jar"));
    new ZipOutputStream(Files.newOutputStream(ofPlugin.resolve("empty.jar"))).close();
    assertRuns("good");
  }

  /** As old XML libraries bring some. */
  @Test
  void aPackageOfTheJdkIsTheJdks() throws Exception {
    byte[] code = ClassFile.of().build(ClassDesc.of("javax.net.SocketFactory"), _ -> {});
    Path lib = Files.createDirectories(folder.resolve("javax"));
    Files.write(
        Files.createDirectories(lib.resolve("javax/net")).resolve("SocketFactory.class"), code);
    jar(lib, ofPlugin.resolve("lib.jar"));
    String result = "\"\" + (javax.net.SocketFactory.getDefault() != null)";
    jar(packer.plainWith("good", result), ofPlugin.resolve("good.jar"));
    assertRuns("true");
  }

  /** A driver, for instance. */
  @Test
  void aServiceOfALibraryIsFoundByTheLoaderOfThePlugin() throws Exception {
    Path api =
        packer.compile(
            Map.of("lib/Api.java", "package lib; public interface Api { String text(); }"));
    Path driver =
        packer.compile(
            Map.of(
                "driver/Driver.java",
                "package driver; public class Driver implements lib.Api {"
                    + " public String text() { return \"driven\"; } }"),
            api);
    Path services = Files.createDirectories(driver.resolve("META-INF/services"));
    Files.writeString(services.resolve("lib.Api"), "driver.Driver\n");
    jar(api, ofPlugin.resolve("api.jar"));
    jar(driver, ofPlugin.resolve("driver_1.jar"));
    String result =
        "java.util.ServiceLoader.load(lib.Api.class, Factory.class.getClassLoader())"
            + ".findFirst().orElseThrow().text()";
    jar(packer.plainWith("good", result, api), ofPlugin.resolve("good.jar"));
    assertRuns("driven");
  }

  /** On the class path, or as a module. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void oneThatIsReplacedReadsItsNewResourcesAndTheOldOneIsCollected(boolean isModule)
      throws Exception {
    WeakReference<ClassLoader> old = loaderOf("old", isModule);
    assertNotEquals(old.get(), loaderOf("new", isModule).get());
    Recorder.awaitCleared(List.of(old));
  }

  /** What was found before goes on with what it has. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void oneThatIsReplacedGoesOnWithItsOldResources(boolean isModule) throws Exception {
    pack("old", isModule);
    WorkerFactories old = WorkerFactories.in(plugins);
    pack("new", isModule);
    assertEquals("old".repeat(4), run(old, "good"));
    assertEquals("new".repeat(4), run(WorkerFactories.in(plugins), "good"));
    assertEquals("old".repeat(4), run(old, "good"));
  }

  private WeakReference<ClassLoader> loaderOf(String text, boolean isModule) throws Exception {
    pack(text, isModule);
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals(text.repeat(4), run(factories, "good"));
    return new WeakReference<>(factories.find("good").factory().getClass().getClassLoader());
  }

  private void pack(String text, boolean isModule) throws Exception {
    String result =
        "new String(Factory.class.getResourceAsStream(\"text\").readAllBytes())"
            + " + new String(Factory.class.getResource(\"text\").openStream().readAllBytes())"
            + " + new String(Factory.class.getModule()"
            + ".getResourceAsStream(\"good/text\").readAllBytes())"
            + " + new String(Factory.class.getClassLoader()"
            + ".getResourceAsStream(\"good/text\").readAllBytes())";
    Path classes = isModule ? packer.module("good", result) : packer.plainWith("good", result);
    Files.writeString(classes.resolve("good/text"), text);
    jar(classes, plugins.resolve("native-good.jar"));
  }

  @Test
  void twoPluginsCarryTwoVersionsOfOneLibrary() throws Exception {
    for (String name : List.of("one", "two")) {
      Path lib = packer.says("lib.Lib", name);
      jar(lib, plugins.resolve(name).resolve("native-lib.jar"));
      Path classes = packer.plainWith(name, "lib.Lib.text()", lib);
      jar(classes, plugins.resolve(name).resolve("plugin.jar"));
    }
    WorkerFactories factories = WorkerFactories.in(plugins);
    assertEquals("one", run(factories, "one"));
    assertEquals("two", run(factories, "two"));
  }
}
