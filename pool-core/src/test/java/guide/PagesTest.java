package guide;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the pages show is what is compiled and run. */
class PagesTest {

  private static final Path ROOT = Path.of("..");
  private static final List<String> PAGES =
      List.of("README.md", "docs/guide.md", "docs/plugins.md");
  private static final Pattern BLOCK =
      Pattern.compile("^```java\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern IN_JAVADOC =
      Pattern.compile("\\{@snippet file=\"([^\"]+)\" region=\"([^\"]+)\"");

  @Test
  void everyJavaBlockIsARegionOfASnippetAndEveryRegionIsShown() throws Exception {
    Snippets snippets = Snippets.read();
    List<String> wrong = new ArrayList<>();
    Set<String> unused = new TreeSet<>(snippets.regions().keySet());
    for (String page : PAGES) {
      String text = Files.readString(ROOT.resolve(page));
      Matcher block = BLOCK.matcher(text);
      while (block.find()) {
        String shown = block.group(1).strip();
        unused.removeIf(name -> snippets.regions().get(name).equals(shown));
        if (!snippets.regions().containsValue(shown)) {
          long line = text.substring(0, block.start()).lines().count() + 1;
          wrong.add(mend(page + ":" + line, shown, snippets));
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
    unused.removeAll(inJavadoc(snippets));
    assertEquals(
        Set.of(), unused, "no page shows them: show them, or remove their @start and @end");
  }

  private static String mend(String where, String shown, Snippets snippets) {
    String nearest = snippets.nearest(shown);
    return """
    %s is not in a snippet file. The nearest region is %s; change that, or the page to:
    %s
    """
        .formatted(where, nearest, snippets.regions().get(nearest));
  }

  /** Those that javadoc shows, which all exist. */
  private static Set<String> inJavadoc(Snippets snippets) throws Exception {
    Set<String> shown = new TreeSet<>();
    for (String module : List.of("pool-api", "pool-core", "pool-metrics")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          Matcher reference = IN_JAVADOC.matcher(Files.readString(file));
          while (reference.find()) {
            shown.add(reference.group(1) + "#" + reference.group(2));
          }
        }
      }
    }
    Set<String> missing = new TreeSet<>(shown);
    missing.removeAll(snippets.regions().keySet());
    assertEquals(Set.of(), missing, "javadoc refers to regions that are not there");
    return shown;
  }
}
