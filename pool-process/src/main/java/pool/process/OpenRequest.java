package pool.process;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a child needs to know to open a worker.
 *
 * @param factory the name of the factory, or of its class
 * @param isClass whether that is the name of the class
 * @param directories the plugin directories to search for the factory
 * @param jobType the name of the jobs' class
 * @param resultType the name of the results' class
 * @param pool the pool's name
 * @param worker the worker's name
 * @param index the number of its slot
 * @param cancelGrace the pool's {@code cancelGrace}
 * @param options as text, including secrets
 * @param knowsCodecs whether the parent sees the factory, and so any codecs that it has
 */
record OpenRequest(
    String factory,
    boolean isClass,
    List<Path> directories,
    String jobType,
    String resultType,
    String pool,
    String worker,
    int index,
    Duration cancelGrace,
    Map<String, String> options,
    boolean knowsCodecs) {

  byte[] bytes() throws IOException {
    return Message.bytes(this::write);
  }

  private void write(DataOutputStream out) throws IOException {
    Message.write(factory, out);
    out.writeBoolean(isClass);
    out.writeInt(directories.size());
    for (Path directory : directories) {
      Message.write(directory.toString(), out);
    }
    Message.write(jobType, out);
    Message.write(resultType, out);
    Message.write(pool, out);
    Message.write(worker, out);
    out.writeInt(index);
    Message.write(cancelGrace.toString(), out);
    out.writeInt(options.size());
    for (Map.Entry<String, String> option : options.entrySet()) {
      Message.write(option.getKey(), out);
      Message.write(option.getValue(), out);
    }
    out.writeBoolean(knowsCodecs);
  }

  static OpenRequest read(DataInputStream in) throws IOException {
    return new OpenRequest(
        Message.readText(in),
        in.readBoolean(),
        readPaths(in),
        Message.readText(in),
        Message.readText(in),
        Message.readText(in),
        Message.readText(in),
        in.readInt(),
        Duration.parse(Message.readText(in)),
        readOptions(in),
        in.readBoolean());
  }

  private static List<Path> readPaths(DataInputStream in) throws IOException {
    List<Path> paths = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      paths.add(Path.of(Message.readText(in)));
    }
    return paths;
  }

  private static Map<String, String> readOptions(DataInputStream in) throws IOException {
    Map<String, String> options = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      options.put(Message.readText(in), Message.readText(in));
    }
    return options;
  }

  /** Leaves out the options, since some are secret. */
  @Override
  public String toString() {
    return "OpenRequest[%s of %s]".formatted(worker, factory);
  }
}
