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
 * <p>The JVM always prints its logs, warnings and thread dumps to descriptor 1. So the image's
 * start script makes that standard error, and passes the real standard output as another
 * descriptor, in the property {@code pool.output}. Without the script it is 1.
 */
final class StandardStreams {

  private static final int OUTPUT = Integer.getInteger("pool.output", 1);
  private static final List<String> CLOSED =
      Arrays.asList(System.getProperty("pool.closed", "").split(" "));

  /** One object for all streams, so that none writes to a number that another has closed. */
  private static final FileDescriptor OUTPUT_DESCRIPTOR = descriptor(OUTPUT);

  private StandardStreams() {}

  /** Makes {@code System.out} the real standard output. */
  static void install() {
    if (OUTPUT != 1) {
      System.setOut(
          new PrintStream(new FileOutputStream(OUTPUT_DESCRIPTOR), true, StandardCharsets.UTF_8));
    }
  }

  /** Standard input, for the lines of a run. */
  static InputStream input() {
    requireOpen("input");
    return System.in;
  }

  /** Standard output for what a command prints. If it is closed, the first write reports that. */
  static OutputStream unchecked() {
    return new FileOutputStream(OUTPUT_DESCRIPTOR);
  }

  /**
   * Standard output for the outcomes of a run; unbuffered, and unlike {@code System.out} it throws.
   */
  static OutputStream output() {
    requireOpen("output");
    return unchecked();
  }

  /** A name of standard output's file, even if it has no other name. */
  static Path outputFile() {
    return Path.of("/dev/fd/" + OUTPUT);
  }

  /**
   * Refuses a closed stream. The script has reserved its descriptor, so that using it fails; but by
   * then jobs would have run.
   */
  private static void requireOpen(String which) {
    if (CLOSED.contains(which)) {
      throw new BadUsageException("standard " + which + " is closed; name a file", null);
    }
  }

  /** Makes a descriptor; the script opens {@code java.io} to this module for this. */
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
