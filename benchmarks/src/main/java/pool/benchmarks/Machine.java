package pool.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What this machine is, without its name. */
final class Machine {

  private Machine() {}

  static Map<String, String> describe() throws IOException {
    var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    Map<String, String> machine = new LinkedHashMap<>();
    machine.put(
        "processor", valueIn("/proc/cpuinfo", ':', "model name", System.getProperty("os.arch")));
    machine.put("processors", String.valueOf(system.getAvailableProcessors()));
    machine.put("memory", Math.round(system.getTotalMemorySize() / 1e9) + " GB");
    machine.put(
        "system", valueIn("/etc/os-release", '=', "PRETTY_NAME", System.getProperty("os.name")));
    machine.put("JDK", System.getProperty("java.vendor") + " " + Runtime.version());
    return machine;
  }

  private static String valueIn(String file, char separator, String key, String otherwise)
      throws IOException {
    Path path = Path.of(file);
    if (!Files.isReadable(path)) {
      return otherwise;
    }
    return Files.readAllLines(path).stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(separator) + 1).strip().replace("\"", ""))
        .findFirst()
        .orElse(otherwise);
  }
}
