package guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import pool.api.WorkerFactory;
import pool.core.NoSuchFactoryException;
import pool.core.OpenFailedException;
import pool.core.Sources;
import pool.core.WorkerFactories;
import pool.core.WorkerPool;

/** Makes each mistake of the guide for authors: the page quotes what is said to it. */
@Timeout(60)
class MistakesTest {

  @TempDir Path folder;
  private Map<String, String> ask;
  private String page;

  @BeforeEach
  void read() throws Exception {
    ask = Packed.sources("ask");
    page = Files.readString(Path.of("../docs/plugins.md"));
  }

  /** The page has these words, with other line breaks perhaps. */
  private void assertQuoted(String message) {
    String words = page.replaceAll("\\s+", " ");
    assertTrue(words.contains(message), () -> "docs/plugins.md does not quote: " + message);
  }

  private <T extends Throwable> void assertQuoted(Class<T> type, Executable mistake) {
    assertQuoted(assertThrows(type, mistake).getMessage());
  }

  private Map<String, String> changed(String what, String by) {
    Map<String, String> changed = Packed.changed(ask, text -> text.replace(what, by));
    assertNotEquals(ask, changed);
    return changed;
  }

  private Map<String, String> withoutModule(Map<String, String> sources) {
    Map<String, String> plain = new TreeMap<>(sources);
    plain.remove("module-info.java");
    return plain;
  }

  private WorkerFactories in(Map<String, String> sources, String services) throws Exception {
    return WorkerFactories.in(Packed.jar(folder, "ask", sources, services).getParent());
  }

  private WorkerFactory<String, String> factory(Map<String, String> sources) throws Exception {
    return in(sources, "").factory("ask", String.class, String.class);
  }

  private void assertFailureQuoted(WorkerFactories factories) {
    assertEquals(1, factories.failures().size(), factories.failures()::toString);
    assertQuoted(factories.failures().getFirst().toString());
  }

  // To compile

  private void assertNotCompiled(Map<String, String> sources, String error) throws Exception {
    Path work = Files.createTempDirectory(folder, "work");
    StringWriter said = new StringWriter();
    List<String> args = new ArrayList<>();
    args.addAll(List.of("-d", work.resolve("classes").toString(), "-p", Programs.path()));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = work.resolve(source.getKey());
      Files.createDirectories(file.getParent());
      args.add(Files.writeString(file, source.getValue()).toString());
    }
    PrintWriter out = new PrintWriter(said, true);
    ToolProvider.findFirst("javac").orElseThrow().run(out, out, args.toArray(String[]::new));
    assertTrue(said.toString().contains(error), said::toString);
    assertQuoted(error);
  }

  @Test
  void theModuleDoesNotRequireTheApi() throws Exception {
    assertNotCompiled(
        changed("requires pool.api;", ""),
        "(package pool.api is declared in module pool.api, but module com.example.ask does not read it)");
  }

  @Test
  void theFactoryIsNotPublic() throws Exception {
    Map<String, String> sources =
        changed("public final class AskFactory", "final class AskFactory");
    assertNotCompiled(sources, "error: AskFactory is not public in com.example.ask");
    assertFailureQuoted(in(withoutModule(sources), PluginsTest.SERVICE));
  }

  @Test
  void theConstructorIsNotPublic() throws Exception {
    Map<String, String> sources = changed("public AskFactory()", "AskFactory()");
    assertNotCompiled(
        sources,
        "error: the no arguments constructor of the service implementation is not public: AskFactory");
  }

  // To be found

  @Test
  void theModuleProvidesNothing() throws Exception {
    Map<String, String> sources =
        changed("  provides pool.api.WorkerFactory with com.example.ask.AskFactory;", "");
    assertFailureQuoted(in(sources, PluginsTest.SERVICE));
    Path jar = Packed.jar(folder, "ask", sources, PluginsTest.SERVICE);
    Programs.Ended ended =
        Programs.java(
            folder,
            List.of("-p", Programs.path(jar), "--add-modules", "pool.core"),
            "Asking.java",
            "1");
    String said = ended.lines().getFirst();
    assertQuoted(said.substring(said.indexOf("no factory")));
  }

  @Test
  void theServicesFileNamesNoClass() throws Exception {
    assertFailureQuoted(in(withoutModule(ask), "com.example.ask.AskFatory"));
  }

  @Test
  void aLibraryIsNotThere() throws Exception {
    Path library =
        Packed.jar(
            folder,
            "lib",
            Map.of(
                "module-info.java", "module lib {}", "lib/Lib.java", "package lib; class Lib {}"),
            "");
    Path classes =
        Sources.compile(
            folder.resolve("classes"),
            changed("requires pool.api;", "requires pool.api; requires lib;"),
            library);
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    String jar = plugins.resolve("ask.jar").toString();
    Sources.run("jar", "--create", "--file", jar, "-C", classes.toString(), ".");
    assertFailureQuoted(WorkerFactories.in(plugins));
  }

  @Test
  void twoVersionsOfALibrary() throws Exception {
    Path plugin = Packed.jar(folder, "ask", ask, PluginsTest.SERVICE);
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    Path beside = Files.createDirectory(plugins.resolve("ask"));
    Files.copy(plugin, beside.resolve("ask.jar"));
    Map<String, String> library = Map.of("lib/Lib.java", "package lib; class Lib {}");
    for (String name : List.of("lib-1", "lib-2")) {
      Files.copy(Packed.jar(folder, name, library, ""), beside.resolve(name + ".jar"));
    }
    assertFailureQuoted(WorkerFactories.in(plugins));
  }

  @Test
  void theNameIsMisspelt() throws Exception {
    assertQuoted(NoSuchFactoryException.class, () -> in(ask, "").find("aks"));
  }

  @Test
  void theNameIsNull() throws Exception {
    assertFailureQuoted(in(changed("return \"ask\"", "return null"), ""));
  }

  @Test
  void theTypesAreOthers() throws Exception {
    assertQuoted(
        IllegalArgumentException.class,
        () -> in(ask, "").factory("ask", Integer.class, String.class));
  }

  // To be opened

  private void assertNotOpened(
      Class<? extends Throwable> type, WorkerFactory<String, String> factory, String... options) {
    var builder = WorkerPool.of(factory);
    for (int i = 0; i < options.length; i += 2) {
      builder.option(options[i], options[i + 1]);
    }
    assertQuoted(type, builder::open);
  }

  @Test
  void optionsAreMissingUnreadableOrUnknown() throws Exception {
    var factory = factory(ask);
    assertNotOpened(IllegalArgumentException.class, factory);
    assertNotOpened(IllegalArgumentException.class, factory, "port", "http");
    assertNotOpened(IllegalArgumentException.class, factory, "port", "0");
    assertNotOpened(IllegalArgumentException.class, factory, "port", "4711", "hots", "a");
  }

  @Test
  void anOptionIsNotAmongTheFactorys() throws Exception {
    var factory =
        factory(changed("List.of(HOST, PORT, CONNECT_TIMEOUT)", "List.of(HOST, CONNECT_TIMEOUT)"));
    assertNotOpened(OpenFailedException.class, factory);
    assertNotOpened(IllegalArgumentException.class, factory, "port", "4711");
  }

  @Test
  void openReturnsNull() throws Exception {
    assertNotOpened(
        OpenFailedException.class,
        factory(changed("return new AskWorker(context)", "return null")),
        "port",
        "1");
  }

  @Test
  void theResourceIsNotThere() throws Exception {
    assertNotOpened(OpenFailedException.class, factory(ask), "port", "1");
  }

  private record Question(String to, String text) {}

  @Test
  void noLineMakesAJob() {
    var factory = WorkerFactory.of("ask", Question.class, String.class, _ -> Question::text);
    String said =
        assertThrows(IllegalArgumentException.class, () -> factory.read("to: text")).getMessage();
    assertQuoted(said.replace(Question.class.getName(), "com.example.ask.Question"));
  }
}
