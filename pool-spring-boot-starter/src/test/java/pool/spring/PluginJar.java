package pool.spring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.spi.ToolProvider;
import pool.api.WorkerFactory;

/** A plugin that is not on the class path of the tests. */
final class PluginJar {

  private static final String SHOUT =
      """
      package shout;

      import pool.api.Worker;
      import pool.api.WorkerContext;
      import pool.api.WorkerFactory;

      public final class ShoutFactory implements WorkerFactory<String, String> {
        @Override public String name() { return "shout"; }
        @Override public Class<String> jobType() { return String.class; }
        @Override public Class<String> resultType() { return String.class; }
        @Override public Worker<String, String> open(WorkerContext context) {
          return text -> text.toUpperCase() + "!";
        }
      }
      """;

  private PluginJar() {}

  /** Compiles it and puts it into a new directory of plugins. */
  static void shout(Path plugins) throws IOException {
    Path work = Files.createTempDirectory(plugins.getParent(), "shout");
    Path source = Files.writeString(work.resolve("ShoutFactory.java"), SHOUT);
    ToolProvider javac = ToolProvider.findFirst("javac").orElseThrow();
    String classPath = System.getProperty("java.class.path");
    int status =
        javac.run(
            System.out,
            System.err,
            "-d",
            work.toString(),
            "-cp",
            classPath,
            "-proc:none",
            source.toString());
    if (status != 0) {
      throw new IllegalStateException("javac ended with status " + status);
    }
    Path jar = Files.createDirectory(plugins).resolve("shout.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("shout/ShoutFactory.class"));
      Files.copy(work.resolve("shout").resolve("ShoutFactory.class"), out);
      out.putNextEntry(new JarEntry("META-INF/services/" + WorkerFactory.class.getName()));
      out.write("shout.ShoutFactory".getBytes(StandardCharsets.UTF_8));
    }
  }
}
