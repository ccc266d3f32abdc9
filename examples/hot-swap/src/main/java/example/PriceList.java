package example;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import pool.api.WorkerFactory;

/** Makes the plugin {@code prices}, in several versions. */
final class PriceList {

  private static final String SOURCE =
      """
      package prices;

      import pool.api.Worker;
      import pool.api.WorkerContext;
      import pool.api.WorkerFactory;

      public final class Prices implements WorkerFactory<String, Integer> {
        public String name() { return "prices"; }
        public Class<String> jobType() { return String.class; }
        public Class<Integer> resultType() { return Integer.class; }
        public Worker<String, Integer> open(WorkerContext context) {
          if (PRICE < 0) { throw new IllegalStateException("no price list of this version"); }
          return article -> PRICE;
        }
      }
      """;

  private PriceList() {}

  /** Puts a version of the plugin, with that price of everything, into a directory of plugins. */
  static void deploy(Path plugins, int price) throws IOException {
    Path work = Files.createTempDirectory("prices");
    Path source =
        Files.writeString(
            work.resolve("Prices.java"), SOURCE.replace("PRICE", Integer.toString(price)));
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-d", work.toString(), "-cp", api(), source.toString());
    if (status != 0) {
      throw new IllegalStateException("javac ended with status " + status);
    }
    Path jar = work.resolve("prices.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      add(out, "prices/Prices.class", Files.readAllBytes(work.resolve("prices/Prices.class")));
      byte[] services = "prices.Prices\n".getBytes(StandardCharsets.UTF_8);
      add(out, "META-INF/services/" + WorkerFactory.class.getName(), services);
    }
    Path next = Files.copy(jar, plugins.resolve("prices.jar.new"));
    Files.move(
        next,
        plugins.resolve("prices.jar"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING); // nobody sees half of it
  }

  private static void add(JarOutputStream out, String name, byte[] content) throws IOException {
    out.putNextEntry(new JarEntry(name));
    out.write(content);
    out.closeEntry();
  }

  private static String api() {
    try {
      return Path.of(WorkerFactory.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
