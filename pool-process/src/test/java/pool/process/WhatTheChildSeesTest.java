package pool.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.api.Option;
import pool.codec.RemoteFailure;
import pool.core.FactoryInfo;
import pool.core.JobFailedException;
import pool.core.OpenFailedException;
import pool.core.WorkerFactories;
import pool.core.WorkerPool;

/** Plugins that are not on the parent's class path. */
@Timeout(120)
class WhatTheChildSeesTest {

  private static final String FACTORY =
      """
      package hidden;
      import java.util.List;
      import pool.api.*;
      public final class HiddenFactory implements WorkerFactory<String, Answer> {
        static final Option<String> GREETING = Option.string("greeting", "hello", "what to say");
        public String name() { return "hidden"; }
        public Class<String> jobType() { return String.class; }
        public Class<Answer> resultType() { return Answer.class; }
        public List<Option<?>> options() { return List.of(GREETING); }
        public Worker<String, Answer> open(WorkerContext context) throws Exception {
          // As a library does that looks for what belongs to the plugin:
          Class.forName("hidden.Answer", true, Thread.currentThread().getContextClassLoader());
          return job -> {
            if (job.equals("fail")) {
              throw new HiddenException("so");
            }
            return new Answer(context.get(GREETING) + " " + job);
          };
        }
      }
      """;

  private static final String TEXT_FACTORY =
      FACTORY
          .replace("<String, Answer>", "<String, String>")
          .replace("<Answer>", "<String>")
          .replace("Answer.class", "String.class")
          .replace("new Answer(", "(");

  private static final String ANSWER =
      "package hidden; public record Answer(String text) implements java.io.Serializable {}";

  private static final String FAILURE =
      """
      package hidden;
      final class HiddenException extends Exception {
        HiddenException(String message) { super(message); }
      }
      """;

  @TempDir Path folder;

  private Path classes;

  @BeforeEach
  void makeFolder() throws Exception {
    classes = Files.createDirectory(folder.resolve("classes"));
  }

  private void compile(String factory) throws Exception {
    Path sources = Files.createDirectories(folder.resolve("sources/hidden"));
    List<String> arguments =
        new ArrayList<>(
            List.of("-cp", System.getProperty("java.class.path"), "-d", classes.toString()));
    for (String source : List.of(factory, ANSWER, FAILURE)) {
      String name = source.replaceAll("(?s).*?(?:class|record) (\\w+).*", "$1");
      Path file = Files.writeString(sources.resolve(name + ".java"), source);
      arguments.add(file.toString());
    }
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(System.out, System.err, arguments.toArray(String[]::new));
    assertEquals(0, status);
    Path services = Files.createDirectories(classes.resolve("META-INF/services"));
    Files.writeString(services.resolve("pool.api.WorkerFactory"), "hidden.HiddenFactory\n");
  }

  private List<Path> classPathOfTheChild() {
    List<Path> entries = new ArrayList<>();
    entries.add(classes);
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      entries.add(Path.of(entry));
    }
    return entries;
  }

  @Test
  void aPluginThatOnlyTheChildHasIsAskedForItsOptionsAndRuns() throws Exception {
    compile(TEXT_FACTORY);
    ProcessFactory<String, String> factory =
        ProcessFactory.named("hidden", String.class, String.class).classPath(classPathOfTheChild());
    assertEquals(List.of("greeting"), factory.options().stream().map(Option::name).toList());
    try (var pool = WorkerPool.of(factory).workers(1).option("greeting", "good day").open()) {
      assertEquals("good day you", pool.call("you"));
      RemoteFailure failure =
          assertInstanceOf(
              RemoteFailure.class,
              assertThrows(JobFailedException.class, () -> pool.call("fail")).getCause());
      assertEquals("hidden.HiddenException", failure.className());
    }
    assertEquals(new ProcessCounts(2, 0, 0), factory.counts());
  }

  @Test
  void aPluginThatNobodyHasIsMissedByTheChild() {
    var pool = WorkerPool.of(ProcessFactory.named("hidden", String.class, String.class));
    Exception missing = assertThrows(IllegalStateException.class, pool::open);
    assertTrue(missing.getMessage().contains("no factory is named 'hidden'"), missing::getMessage);
  }

  @Test
  void aPluginOfADirectoryIsFoundThereByTheChildWithItsClasses() throws Exception {
    compile(FACTORY);
    Path plugins = Files.createDirectory(folder.resolve("plugins"));
    jar(plugins.resolve("hidden.jar"));
    WorkerFactories all = WorkerFactories.load().and(WorkerFactories.in(plugins));
    assertEquals(List.of(plugins.toAbsolutePath()), all.directories());
    FactoryInfo info = all.find("hidden");
    ProcessFactory<String, ?> factory =
        ProcessFactory.named("hidden", String.class, info.resultType(), all);
    try (var pool = WorkerPool.of(factory).workers(1).open()) {
      Object answer = pool.call("you");
      assertEquals(info.resultType(), answer.getClass());
      assertEquals("Answer[text=hello you]", answer.toString());
    }
    ProcessFactory<String, Record> wider =
        ProcessFactory.named("hidden", String.class, Record.class, all);
    try (var pool = WorkerPool.of(wider).workers(1).open()) {
      assertEquals("Answer[text=hello you]", pool.call("you").toString());
    }
  }

  private void jar(Path file) throws Exception {
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        jar.putNextEntry(new JarEntry(classes.relativize(each).toString()));
        long _ = Files.copy(each, jar);
      }
    }
  }

  @Test
  void aClassPathWithoutTheLibraryStartsNoProcess() {
    ProcessFactory<String, String> factory =
        ProcessFactory.of(TroubleFactory.class).classPath(List.of(classes));
    OpenFailedException failed =
        assertThrows(OpenFailedException.class, WorkerPool.of(factory).workers(1)::open);
    assertTrue(failed.getMessage().contains("the process did not start"), failed::getMessage);
    assertTrue(failed.getMessage().contains("ChildMain"), failed::getMessage);
    assertEquals(new ProcessCounts(1, 1, 0), factory.counts());
  }

  @Test
  void aRelativeDirectoryIsThatOfTheParent() throws Exception {
    Path directory = Path.of("").toAbsolutePath().relativize(folder.toRealPath());
    ProcessFactory<String, String> factory =
        ProcessFactory.of(TroubleFactory.class).directory(directory);
    try (var pool = WorkerPool.of(factory).workers(1).open()) {
      assertEquals(folder.toRealPath().toString(), pool.call("where"));
    }
  }
}
