package guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each line of docs/promises.md, and of the table in SECURITY.md, names tests that there are. */
class PromisesTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern NAME = Pattern.compile("`(?:([A-Z]\\w+))?\\.?([a-z]\\w+)?`");

  @Test
  void everyLineNamesTestsThatThereAre() throws Exception {
    Map<String, String> sources = testSources();
    List<String> wrong = new ArrayList<>();
    int lines = 0;
    for (String line : lines()) {
      if (line.startsWith("| ") && !line.startsWith("| what") && !line.startsWith("| ---")) {
        lines++;
        wrong.addAll(missing(line, sources));
      }
    }
    assertEquals("", String.join("\n", wrong));
    assertTrue(lines > 50, "only " + lines);
  }

  private static List<String> lines() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(ROOT.resolve("docs/promises.md")));
    Files.readAllLines(ROOT.resolve("SECURITY.md")).stream()
        .takeWhile(line -> !line.equals("## Supply chain"))
        .forEach(lines::add);
    return lines;
  }

  /** By the simple names of their classes. */
  private static Map<String, String> testSources() throws Exception {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> files = Files.walk(ROOT)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String path = file.toString();
        if (path.contains("/src/test/java/") && path.endsWith(".java")) {
          String name = file.getFileName().toString();
          sources.merge(
              name.substring(0, name.length() - ".java".length()),
              Files.readString(file),
              String::concat);
        }
      }
    }
    return sources;
  }

  /**
   * The tests of a line's last column that there are not; a method without a class is its own's.
   */
  private static List<String> missing(String line, Map<String, String> sources) {
    List<String> missing = new ArrayList<>();
    String tests = line.substring(line.lastIndexOf('|', line.length() - 2));
    Matcher names = NAME.matcher(tests);
    String in = "";
    int found = 0;
    while (names.find()) {
      in = names.group(1) == null ? in : names.group(1);
      String method = names.group(2);
      String source = sources.get(in);
      boolean isThere =
          source != null && (method == null || source.contains("void " + method + "("));
      found++;
      if (!isThere) {
        missing.add(in + (method == null ? "" : "." + method));
      }
    }
    if (found == 0) {
      missing.add("no test: " + line);
    }
    return missing;
  }
}
