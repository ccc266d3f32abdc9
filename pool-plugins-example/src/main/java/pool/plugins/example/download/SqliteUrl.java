package pool.plugins.example.download;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a URL of SQLite.
 *
 * @param name the name of the file, or a URI that begins with {@code file:}
 * @param parameters for SQLite, such as {@code mode=ro}, and for its driver
 */
record SqliteUrl(String name, List<String> parameters) {

  static final String PREFIX = "jdbc:sqlite:";

  /**
   * Parameters that SQLite accepts only in {@code file:} URIs; elsewhere they would be part of the
   * name.
   */
  private static final Set<String> FOR_SQLITE =
      Set.of("vfs", "mode", "modeof", "cache", "psow", "nolock", "immutable");

  static SqliteUrl of(String url) {
    String rest = url.substring(PREFIX.length());
    int question = rest.indexOf('?');
    if (question < 0) {
      return new SqliteUrl(rest, List.of());
    }
    List<String> parameters =
        Arrays.stream(rest.substring(question + 1).split("&"))
            .map(String::strip)
            .filter(parameter -> !parameter.isEmpty())
            .toList();
    return new SqliteUrl(rest.substring(0, question), parameters);
  }

  /** Removes parameters that ask for more than reading; how the file is opened does the rest. */
  SqliteUrl reading() {
    return new SqliteUrl(
        name,
        parameters.stream()
            .filter(p -> isMemory(p) || !Set.of("mode", "journal_mode").contains(key(p)))
            .toList());
  }

  /** Adds a parameter for a medium that nobody can write to: no locks. */
  SqliteUrl immutable() {
    return new SqliteUrl(
        name, Stream.concat(parameters.stream(), Stream.of("immutable=1")).toList());
  }

  /** The URL in the form that the driver takes. */
  String text() {
    if (parameters.isEmpty()) {
      return PREFIX + name;
    }
    boolean plain = !name.startsWith("file:") && !name.startsWith(":") && !name.isEmpty();
    boolean needsUri = parameters.stream().anyMatch(p -> FOR_SQLITE.contains(key(p)));
    String file = plain && needsUri ? "file:" + name.replace("%", "%25").replace("#", "%23") : name;
    return PREFIX + file + "?" + String.join("&", parameters);
  }

  /** The file; null when the database is in memory or a resource. */
  @Nullable Path file() {
    if (name.isEmpty()
        || name.startsWith(":")
        || SqliteBytes.areIn(name) // Java has no path for it
        || parameters.stream().anyMatch(SqliteUrl::isMemory)) {
      return null;
    }
    if (!name.startsWith("file:")) {
      return Path.of(name);
    }
    String path = name.substring("file:".length()).replaceFirst("^//[^/]*", "");
    String decoded = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    return decoded.isEmpty() || decoded.startsWith(":memory:") ? null : Path.of(decoded);
  }

  private static boolean isMemory(String parameter) {
    return parameter.equals("mode=memory");
  }

  private static String key(String parameter) {
    return parameter.replaceFirst("=.*", "").strip();
  }
}
