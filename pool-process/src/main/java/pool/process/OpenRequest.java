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
 * @param isClass which of the two
 * @param directories of plugins, in which it may lie
 * @param jobType the name of its class
 * @param resultType likewise
 * @param pool the pool's name
 * @param worker the worker's name
 * @param index of its slot
 * @param cancelGrace of the pool
 * @param options as text; secrets among them
 * @param knowsCodecs whether the parent sees the factory, and so the codecs that it may have
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

  /** Without the options, of which some are secret. */
  @Override
  public String toString() {
    return "OpenRequest[%s of %s]".formatted(worker, factory);
  }
}
