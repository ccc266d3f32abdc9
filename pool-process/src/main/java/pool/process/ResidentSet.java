package pool.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much of a process is in memory, where the system tells it: Linux. */
final class ResidentSet {

  private static final long KILOBYTE = 1024;

  private ResidentSet() {}

  /** In bytes; 0 when it is not known. */
  static long bytes(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * KILOBYTE;
        }
      }
    } catch (IOException | NumberFormatException e) {
      return 0; // it has ended, or this is another system
    }
    return 0;
  }
}
