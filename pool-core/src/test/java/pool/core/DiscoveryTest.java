package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleFinder;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import pool.api.WorkerFactory;

/** Plugins are compiled by the test, and found as modules of a layer and on the class path. */
class DiscoveryTest {

  private static final String FACTORY =
      """
      package %1$s;
      public final class Factory implements pool.api.WorkerFactory<Integer, Number> {
        public Factory() { %3$s }
        public String name() { return %2$s; }
        public Class<Integer> jobType() { return Integer.class; }
        public Class<Number> resultType() { return Number.class; }
        public pool.api.Worker<Integer, Number> open(pool.api.WorkerContext context) {
          return job -> job + 1;
        }
      }
      """;

  @TempDir Path folder;

  /** A factory of that name, null when it returns none. */
  private Path compile(String packageName, String name, String inConstructor, boolean module)
      throws Exception {
    Map<String, String> sources = new HashMap<>();
    sources.put(
        packageName + "/Factory.java",
        FACTORY.formatted(packageName, name == null ? null : '"' + name + '"', inConstructor));
    if (module) {
      sources.put(
          "module-info.java",
          "module %1$s { requires pool.api; provides pool.api.WorkerFactory with %1$s.Factory; }"
              .formatted(packageName));
    }
    return Sources.compile(folder.resolve("classes-" + packageName), sources);
  }

  private static WorkerFactories inLayer(Path... modules) {
    ModuleFinder finder = ModuleFinder.of(modules);
    Set<String> names =
        finder.findAll().stream()
            .map(module -> module.descriptor().name())
            .collect(Collectors.toSet());
    Configuration configuration =
        ModuleLayer.boot().configuration().resolveAndBind(finder, ModuleFinder.of(), names);
    return WorkerFactories.load(
        ModuleLayer.boot()
            .defineModulesWithManyLoaders(configuration, ClassLoader.getSystemClassLoader()));
  }

  private interface Check {
    void in(WorkerFactories factories) throws Exception;
  }

  /** Class path, with a services file that names these classes. */
  private void onClassPath(List<Path> classes, List<String> providers, Check check)
      throws Exception {
    Path services = folder.resolve("services/META-INF/services");
    Files.createDirectories(services);
    Files.write(services.resolve(WorkerFactory.class.getName()), providers);
    List<URL> urls = new ArrayList<>();
    urls.add(folder.resolve("services").toUri().toURL());
    for (Path path : classes) {
      urls.add(path.toUri().toURL());
    }
    ClassLoader parent = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(urls.toArray(URL[]::new), parent)) {
      seenBy(loader, check);
    }
  }

  private static void seenBy(ClassLoader loader, Check check) throws Exception {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try {
      Thread.currentThread().setContextClassLoader(loader);
      check.in(WorkerFactories.load());
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  /** A child-first loader, as a container has for each application, with all that it needs. */
  @Test
  void fromAThreadThatSeesNoApplicationTheLibrarysOwnLoaderIsAsked() throws Exception {
    Path services = folder.resolve("services/META-INF/services");
    Files.createDirectories(services);
    Files.write(services.resolve(WorkerFactory.class.getName()), List.of("good.Factory"));
    List<URL> urls = new ArrayList<>();
    for (Path path :
        List.of(
            folder.resolve("services"),
            compile("good", "increment", "", false),
            Sources.api(),
            Path.of(
                WorkerFactories.class.getProtectionDomain().getCodeSource().getLocation().toURI()),
            Path.of(Logger.class.getProtectionDomain().getCodeSource().getLocation().toURI()))) {
      urls.add(path.toUri().toURL());
    }
    ClassLoader platform = ClassLoader.getPlatformClassLoader();
    // and none as its parent: the platform's sees the modules of the test
    try (URLClassLoader application = new URLClassLoader(urls.toArray(URL[]::new), null)) {
      Class<?> factories = application.loadClass(WorkerFactories.class.getName());
      for (ClassLoader context : Arrays.asList(platform, application, null)) {
        Thread.currentThread().setContextClassLoader(context);
        Object loaded = factories.getMethod("load").invoke(null);
        List<?> found = (List<?>) factories.getMethod("found").invoke(loaded);
        assertEquals(1, found.size(), () -> context + ": " + found);
      }
    } finally {
      Thread.currentThread().setContextClassLoader(DiscoveryTest.class.getClassLoader());
    }
  }

  @Test
  @Tag("modules")
  void aModuleIsFoundWithAllThatIsKnownOfIt() throws Exception {
    WorkerFactories factories = inLayer(compile("good", "increment", "", true));
    FactoryInfo info = factories.find("increment");
    assertEquals("good", info.module().orElseThrow());
    assertEquals(Integer.class, info.jobType());
    assertTrue(info.location().orElseThrow().toString().contains("classes-good"));
    try (var pool =
        WorkerPool.of(factories.factory("increment", Integer.class, Object.class)).open()) {
      assertEquals(2, pool.submit(1).join());
    }
  }

  @Test
  @Tag("modules")
  void otherTypesAreRefused() throws Exception {
    WorkerFactories factories = inLayer(compile("good", "increment", "", true));
    assertEquals(
        "factory 'increment' has jobs of type java.lang.Integer, not java.lang.String",
        assertThrows(
                IllegalArgumentException.class,
                () -> factories.factory("increment", String.class, Number.class))
            .getMessage());
    assertEquals(
        "factory 'increment' has results of type java.lang.Number, not java.lang.Integer",
        assertThrows(
                IllegalArgumentException.class,
                () -> factories.factory("increment", Integer.class, Integer.class))
            .getMessage());
  }

  @Test
  void badProvidersBetweenGoodOnesAreNamedAndTheGoodOnesFound() throws Exception {
    List<Path> classes =
        List.of(
            compile("good", "increment", "", false),
            compile("broken", "broken", "throw new IllegalStateException(\"no licence\");", false),
            compile("fine", "decrement", "", false),
            compile("wrong", "wrong", "} static final class Nothing {", false));
    onClassPath(
        classes,
        List.of(
            "good.Factory",
            "wrong.Factory$Nothing",
            "no.such.Factory",
            "broken.Factory",
            "fine.Factory"),
        factories -> {
          assertEquals(
              List.of("decrement", "increment"),
              factories.found().stream().map(FactoryInfo::name).toList());
          assertEquals(3, factories.failures().size(), () -> factories.failures().toString());
          assertReason(factories, "wrong.Factory$Nothing", "not a subtype");
          assertReason(factories, "no.such.Factory", "not found");
          assertReason(factories, "broken.Factory", "no licence");
          String asked =
              assertThrows(NoSuchFactoryException.class, () -> factories.find("broken"))
                  .getMessage();
          assertTrue(asked.contains("broken.Factory (class path): "), asked);
          assertTrue(asked.contains("no licence"), asked);
        });
  }

  private static void assertReason(WorkerFactories factories, String provider, String reason) {
    assertTrue(
        factories.failures().stream()
            .map(ProviderFailure::toString)
            .anyMatch(failure -> failure.contains(provider) && failure.contains(reason)),
        () -> factories.failures().toString());
  }

  @Test
  @Tag("modules")
  void aModuleThatThrowsIsNamedAndTheOthersAreFound() throws Exception {
    WorkerFactories factories =
        inLayer(
            compile("good", "increment", "", true),
            compile("broken", "broken", "throw new IllegalStateException(\"no licence\");", true));
    assertEquals(1, factories.found().size());
    assertEquals(
        "broken.Factory (module broken): java.lang.IllegalStateException: no licence",
        factories.failures().getFirst().toString());
  }

  @Test
  void factoriesThatCannotSayWhatTheyAreAreNamedAndTheOthersFound() throws Exception {
    onClassPath(
        List.of(
            compile("nameless", null, "", false),
            compile("vague", "vague", method("String description()", "return null;"), false),
            compile("deep", "deep", method("String description()", STACK_OVERFLOW), false),
            compile("old", "old", method(OPTIONS, "throw new NoSuchMethodError(\"of\");"), false),
            compile("good", "increment", "", false)),
        List.of("nameless.Factory", "vague.Factory", "deep.Factory", "old.Factory", "good.Factory"),
        factories -> {
          assertEquals(
              List.of("increment"), factories.found().stream().map(FactoryInfo::name).toList());
          assertReason(factories, "nameless.Factory (class path)", ": name() returned null");
          assertReason(factories, "vague.Factory", ": description() returned null");
          assertReason(factories, "deep.Factory", ": java.lang.StackOverflowError");
          assertReason(factories, "old.Factory", ": java.lang.NoSuchMethodError: of");
        });
  }

  private static final String OPTIONS = "java.util.List<pool.api.Option<?>> options()";
  private static final String STACK_OVERFLOW = "throw new StackOverflowError();";

  /** Ends the constructor, and begins a block for its brace to end. */
  private static String method(String signature, String body) {
    return "} public " + signature + " { " + body + " } {";
  }

  @Test
  @Timeout(30)
  void exceptionsWithoutEndEndNothing() throws Exception {
    String round =
        "Exception one = new Exception(\"one\"); Exception two = new Exception(\"two\", one);"
            + " one.initCause(two); throw new IllegalStateException(one);";
    String endless =
        "throw new Endless(); } static class Endless extends RuntimeException {"
            + " public synchronized Throwable getCause() { return new Endless(); }";
    onClassPath(
        List.of(
            compile("round", "round", round, false),
            compile("endless", "endless", endless, false),
            compile("good", "increment", "", false)),
        List.of("round.Factory", "endless.Factory", "good.Factory"),
        factories -> {
          assertEquals(
              List.of("increment"), factories.found().stream().map(FactoryInfo::name).toList());
          assertReason(factories, "round.Factory (class path)", ": java.lang.Exception: two");
          assertReason(factories, "endless.Factory (class path)", "Factory$Endless");
        });
  }

  @Test
  void twoThatLackTheSameClassDoNotHideTheNext() throws Exception {
    Path lacking =
        compile(
            "lacking",
            "lacking",
            "} static class Base {} static class A extends Base {} static class B extends Base {",
            false);
    Files.delete(lacking.resolve("lacking/Factory$Base.class"));
    onClassPath(
        List.of(lacking, compile("good", "increment", "", false)),
        List.of("lacking.Factory$A", "lacking.Factory$B", "good.Factory"),
        factories -> {
          assertEquals(1, factories.found().size(), () -> factories.failures().toString());
          assertReason(factories, "a provider", "lacking.Factory$Base");
        });
  }

  @Test
  @Timeout(30)
  void aClassLoaderThatFailsForEverIsReportedOnce() throws Exception {
    ClassLoader failing =
        new ClassLoader(getClass().getClassLoader()) {
          @Override
          public Enumeration<URL> getResources(String name) throws IOException {
            throw new IOException("the disk is gone");
          }
        };
    seenBy(
        failing,
        factories ->
            assertEquals(
                "[a provider: java.io.IOException: the disk is gone]",
                factories.failures().toString()));
  }

  @Test
  @Tag("modules")
  void aDuplicateNameIsRefusedInBothOrders() throws Exception {
    Path first = compile("first", "same", "", true);
    Path second = compile("second", "same", "", true);
    for (WorkerFactories factories : List.of(inLayer(first, second), inLayer(second, first))) {
      assertEquals(2, factories.found().size());
      String message =
          assertThrows(DuplicateFactoryException.class, () -> factories.find("same")).getMessage();
      assertTrue(
          message.startsWith(
              "factory 'same' is provided 2 times, remove all but one: first.Factory (module first"),
          message);
      assertTrue(message.contains(" and second.Factory (module second"), message);
    }
  }

  @Test
  void aFactoryOnTheClassPathTellsItsJarAndTheVersionInItsManifest() throws Exception {
    Path manifest =
        Files.writeString(folder.resolve("manifest"), "Implementation-Version: 1.2-rc3\n");
    Path jar = folder.resolve("good.jar");
    String classes = compile("good", "increment", "", false).toString();
    Sources.run("jar", "-c", "-f", jar.toString(), "-m", manifest.toString(), "-C", classes, ".");
    onClassPath(
        List.of(jar, compile("fine", "decrement", "", false)),
        List.of("good.Factory", "fine.Factory"),
        factories -> {
          FactoryInfo packed = factories.find("increment");
          assertEquals(Optional.empty(), packed.module());
          assertEquals(Optional.of("1.2-rc3"), packed.version());
          assertEquals(Optional.of(jar.toUri()), packed.location());
          assertEquals(
              "good.Factory (class path, " + packed.location().orElseThrow() + ")",
              packed.origin());
          assertEquals(Optional.empty(), factories.find("decrement").version());
        });
  }

  @Test
  void anUnknownNameListsTheNearestFirst() throws Exception {
    onClassPath(
        List.of(compile("good", "increment", "", false), compile("fine", "decrement", "", false)),
        List.of("good.Factory", "fine.Factory"),
        factories ->
            assertEquals(
                "no factory is named 'incremnt'; there are increment, decrement",
                assertThrows(NoSuchFactoryException.class, () -> factories.find("incremnt"))
                    .getMessage()));
  }

  @Test
  void nothingFoundSaysWhereToLook() {
    assertEquals(
        "no factory is named 'any'; none was found: is a plugin on the module path or class path?",
        assertThrows(
                NoSuchFactoryException.class,
                () -> WorkerPool.named("any", String.class, String.class))
            .getMessage());
  }

  @Test
  @Tag("modules")
  void nothingOfAClosedPoolKeepsAPluginsClassLoaderAlive() throws Exception {
    Recorder.awaitCleared(List.of(usedAndClosed(compile("shortlived", "short", "", true))));
  }

  /** In a method of its own, so that no local variable is left. */
  private static WeakReference<ClassLoader> usedAndClosed(Path module) throws Exception {
    WorkerFactory<Integer, Number> factory =
        inLayer(module).factory("short", Integer.class, Number.class);
    var pool =
        WorkerPool.of(factory)
            .workers(2)
            .jobTimeout(Duration.ofSeconds(20)) // so that there is a supervisor
            .maxAttempts(2)
            .open();
    assertEquals(2, pool.submit(1).get(20, TimeUnit.SECONDS));
    assertEquals(List.of(2, 3), pool.map(List.of(1, 2)));
    var _ = pool.submit(3).cancel(true); // perhaps by a stopper
    pool.close();
    return new WeakReference<>(factory.getClass().getClassLoader());
  }
}
