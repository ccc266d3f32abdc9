package pool.core;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Stacks as text, for a round of {@link Chaos} that failed. */
final class ChaosStacks {

  private ChaosStacks() {}

  static String of(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  /** Of all threads, virtual ones included if the JVM can be asked for them. */
  static String dump() {
    try {
      return dumpByBean();
    } catch (ReflectiveOperationException | IOException | RuntimeException e) {
      return Thread.getAllStackTraces().entrySet().stream()
          .map(thread ->
              thread.getKey()
                  + Arrays.stream(thread.getValue())
                      .map(frame -> "%n    at %s".formatted(frame))
                      .collect(Collectors.joining()))
          .collect(Collectors.joining(System.lineSeparator(), "(platform threads only) ", ""));
    }
  }

  /** By reflection: the module of the tests need not require that of the bean. */
  private static String dumpByBean() throws ReflectiveOperationException, IOException {
    Class<?> type = Class.forName("com.sun.management.HotSpotDiagnosticMXBean");
    Class<?> format = Class.forName(type.getName() + "$ThreadDumpFormat");
    Object bean =
        Class.forName("java.lang.management.ManagementFactory")
            .getMethod("getPlatformMXBean", Class.class)
            .invoke(null, type);
    Path directory = Files.createTempDirectory("chaos");
    Path file = directory.resolve("threads.txt");
    try {
      Object _ =
          type.getMethod("dumpThreads", String.class, format)
              .invoke(bean, file.toString(), format.getEnumConstants()[0]);
      return Files.readString(file);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(directory);
    }
  }
}
