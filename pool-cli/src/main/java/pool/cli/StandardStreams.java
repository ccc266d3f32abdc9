package pool.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The standard input and output that the command was given.
 *
 * <p>The JVM prints its logs, warnings and thread dumps to descriptor 1, whatever it is told. So
 * the image's start script makes that standard error, and hands over the real standard output as
 * another descriptor, named by the property {@code pool.output}. Without the script it is 1.
 */
final class StandardStreams {

  private static final int OUTPUT = Integer.getInteger("pool.output", 1);
  private static final List<String> CLOSED =
      Arrays.asList(System.getProperty("pool.closed", "").split(" "));

  /** One for all streams, so that none writes to a number that another has closed. */
  private static final FileDescriptor OUTPUT_DESCRIPTOR = descriptor(OUTPUT);

  private StandardStreams() {}

  /** Has {@code System.out} be the real standard output. */
  static void install() {
    if (OUTPUT != 1) {
      System.setOut(
          new PrintStream(new FileOutputStream(OUTPUT_DESCRIPTOR), true, StandardCharsets.UTF_8));
    }
  }

  /** For the lines of a run. */
  static InputStream input() {
    requireOpen("input");
    return System.in;
  }

  /** For what a command prints, also when it is closed: that shows when it is written. */
  static OutputStream unchecked() {
    return new FileOutputStream(OUTPUT_DESCRIPTOR);
  }

  /** For the outcomes of a run; not buffered, and unlike {@code System.out} it throws. */
  static OutputStream output() {
    requireOpen("output");
    return unchecked();
  }

  /** A name of the file that standard output goes to, also for what has no other. */
  static Path outputFile() {
    return Path.of("/dev/fd/" + OUTPUT);
  }

  /**
   * The script has reserved what is closed, so that a use of it fails; but before that, jobs ran.
   */
  private static void requireOpen(String which) {
    if (CLOSED.contains(which)) {
      throw new BadUsageException("standard " + which + " is closed; name a file", null);
    }
  }

  /** The script opens {@code java.io} to this module for this. */
  private static FileDescriptor descriptor(int number) {
    if (number == 1) {
      return FileDescriptor.out;
    }
    try {
      var constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
      constructor.setAccessible(true);
      return constructor.newInstance(number);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot use descriptor " + number, e);
    }
  }
}
