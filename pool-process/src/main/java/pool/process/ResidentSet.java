package pool.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much memory a process uses, where the system reports it: on Linux. */
final class ResidentSet {

  private static final long KILOBYTE = 1024;

  private ResidentSet() {}

  /** Returns the size in bytes; 0 when it is not known. */
  static long bytes(long pid) {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) * KILOBYTE;
        }
      }
    } catch (IOException | NumberFormatException e) {
      return 0; // the process has ended, or this is another system
    }
    return 0;
  }
}
