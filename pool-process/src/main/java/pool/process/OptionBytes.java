package pool.process;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import pool.api.Option;

/**
 * The options, as bytes, of a factory that only a child sees. The child reads and checks values.
 */
final class OptionBytes {

  private OptionBytes() {}

  static void write(Option<?> option, DataOutputStream out) throws IOException {
    Message.write(option.name(), out);
    Message.write(option.description(), out);
    out.writeBoolean(option.isFamily());
    out.writeBoolean(option.isSecret());
    out.writeBoolean(option.isRequired());
    Message.write(option.defaultValue().map(String::valueOf).orElse(""), out);
  }

  static List<Option<?>> readAll(DataInputStream in) throws IOException {
    List<Option<?>> options = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      options.add(read(in));
    }
    return List.copyOf(options);
  }

  private static Option<?> read(DataInputStream in) throws IOException {
    String name = Message.readText(in);
    String description = Message.readText(in);
    boolean isFamily = in.readBoolean();
    boolean isSecret = in.readBoolean();
    boolean isRequired = in.readBoolean();
    String defaultValue = Message.readText(in);
    if (isFamily) {
      Option<?> family = Option.family(name.substring(0, name.length() - 1), description);
      return isSecret ? family.secret() : family;
    }
    Option<String> option =
        isRequired
            ? Option.string(name, description)
            : Option.string(name, defaultValue, description);
    return isSecret ? option.secret() : option;
  }
}
