package guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The regions of the snippet files, as javadoc would show them. */
record Snippets(Map<String, String> regions) {

  /** Compiled with the tests, by the tests, and with the tests of other modules. */
  static final List<Path> FOLDERS =
      List.of(
          Path.of("src/test/java"),
          Path.of("src/test/snippets"),
          Path.of("../pool-metrics/src/test/java"),
          Path.of("../pool-micrometer/src/test/java"),
          Path.of("../pool-plugins-example/src/test/java"));

  private static final Pattern START = Pattern.compile("\\s*// @start region=\"?([\\w-]+)\"?");
  private static final Pattern END = Pattern.compile("\\s*// @end\\b.*");

  /** All of them, by {@code file#region}. */
  static Snippets read() throws IOException {
    Map<String, String> regions = new LinkedHashMap<>();
    for (Path folder : FOLDERS) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
          addRegions(folder.relativize(file), Files.readAllLines(file), regions);
        }
      }
    }
    return new Snippets(regions);
  }

  private static void addRegions(Path file, List<String> lines, Map<String, String> regions) {
    LinkedHashMap<String, List<String>> open = new LinkedHashMap<>();
    for (String line : lines) {
      Matcher start = START.matcher(line);
      if (start.matches()) {
        open.putLast(start.group(1), new ArrayList<>());
      } else if (END.matcher(line).matches()) {
        var last = open.pollLastEntry();
        regions.put(file + "#" + last.getKey(), text(last.getValue()));
      } else {
        open.values().forEach(region -> region.add(line));
      }
    }
    if (!open.isEmpty()) {
      throw new IllegalStateException(file + ": no @end of " + open.keySet());
    }
  }

  /** Without the indentation that all lines have, and without blank lines around. */
  private static String text(List<String> lines) {
    return lines.stream().collect(Collectors.joining("\n")).stripTrailing().stripIndent().strip();
  }

  /** The region that has the most lines of a text. */
  String nearest(String text) {
    List<String> lines = text.lines().map(String::strip).toList();
    return regions.keySet().stream()
        .max(
            Comparator.comparingLong(name ->
                regions.get(name).lines().map(String::strip).filter(lines::contains).count()))
        .orElseThrow();
  }
}
