package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.sqlite.JDBC;
import pool.api.WorkerFactory;
import pool.core.Outcome;
import pool.core.WorkerPool;

/** A process of its own that downloads into {@code store.db} of its folder. */
final class Child {

  private final ProcessBuilder builder;
  private final List<String> command;

  Child(Path folder, String... jvmOptions) {
    this(folder, Child.class, classPath(), jvmOptions);
  }

  /** Runs another program, with something before all else on its class path. */
  Child(Path folder, Class<?> program, Path before) {
    this(folder, program, before + File.pathSeparator + classPath());
  }

  private Child(Path folder, Class<?> program, String classPath, String... jvmOptions) {
    this.command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath));
    command.addAll(Arrays.asList(jvmOptions));
    command.add(program.getName());
    this.builder =
        new ProcessBuilder()
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
  }

  /** Wherever this test found them, on whichever path. */
  private static String classPath() {
    Stream<URI> tests =
        Stream.of(uri(Child.class.getResource("Child.class")).resolve("../../../../"));
    Stream<URI> others =
        Stream.of(
                DownloadFactory.class,
                WorkerPool.class,
                WorkerFactory.class,
                LoggerFactory.class,
                JDBC.class)
            .map(type -> uri(type.getProtectionDomain().getCodeSource().getLocation()));
    return Stream.concat(tests, others)
        .map(uri -> Path.of(uri).toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static URI uri(URL url) {
    return URI.create(url.toString());
  }

  Child with(Map<String, String> environment) {
    builder.environment().putAll(environment);
    return this;
  }

  /** Begins; the arguments are options with an equals sign, and addresses. */
  Process start(String... arguments) throws IOException {
    List<String> whole = new ArrayList<>(command);
    whole.addAll(Arrays.asList(arguments));
    return builder.command(whole).start();
  }

  /** What became of each address, a line each. */
  List<String> download(String... arguments) throws Exception {
    Process process = start(arguments);
    List<String> lines = process.inputReader().readAllLines();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it does not end");
    return lines;
  }

  public static void main(String[] arguments) {
    var pool =
        WorkerPool.of(new DownloadFactory()).workers(4).option("database", "jdbc:sqlite:store.db");
    List<URI> uris = new ArrayList<>();
    for (String argument : arguments) {
      if (argument.contains("://")) {
        uris.add(URI.create(argument));
      } else {
        pool.option(argument.replaceFirst("=.*", ""), argument.replaceFirst(".*?=", ""));
      }
    }
    List<Outcome<URI, Stored>> outcomes;
    try (var open = pool.open()) {
      outcomes = open.mapAll(uris);
    }
    for (Outcome<URI, Stored> outcome : outcomes) {
      System.out.println(
          outcome instanceof Outcome.Succeeded<URI, Stored> succeeded
              ? succeeded.result()
              : outcome);
    }
  }
}
