package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the WCAG ask of colours at level AA, of those that the page has, light and dark. */
class ReportColoursTest {

  private static final double OF_TEXT = 4.5;
  private static final double OF_GRAPHICS = 3;

  private static String style() throws Exception {
    try (InputStream css = ReportPage.class.getResourceAsStream("report.css")) {
      return new String(Objects.requireNonNull(css).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static List<Map<String, String>> themes() throws Exception {
    return Pattern.compile(":root \\{([^}]*)}")
        .matcher(style())
        .results()
        .map(theme ->
            Pattern.compile("--(\\w+): #(\\w+);")
                .matcher(theme.group(1))
                .results()
                .collect(Collectors.toMap(colour -> colour.group(1), colour -> colour.group(2))))
        .toList();
  }

  /** From 1 to 21. */
  private static double contrast(String one, String other) {
    double first = luminance(one);
    double second = luminance(other);
    return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
  }

  private static double luminance(String colour) {
    String six = colour.length() == 3 ? colour.replaceAll("(.)", "$1$1") : colour;
    double[] weights = {0.2126, 0.7152, 0.0722};
    return IntStream.range(0, 3)
        .mapToDouble(i -> {
          double value = Integer.parseInt(six.substring(2 * i, 2 * i + 2), 16) / 255.0;
          double linear = value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
          return weights[i] * linear;
        })
        .sum();
  }

  @Test
  void contrastIsComputedAsInItsDefinition() {
    assertEquals(21, contrast("fff", "000000"), 1e-9);
    assertEquals(4.54, contrast("767676", "ffffff"), 0.01);
  }

  @Test
  void wordsAndBarsCanBeToldFromWhatIsBehindThem() throws Exception {
    assertEquals(2, themes().size());
    for (Map<String, String> colours : themes()) {
      for (String behind : List.of("page", "track")) {
        for (String words : List.of("ink", "soft")) {
          assertContrast(OF_TEXT, colours, words, behind);
        }
        for (String bars : List.of("open", "job", "finish", "close", "failed", "focus")) {
          assertContrast(OF_GRAPHICS, colours, bars, behind);
        }
      }
    }
  }

  private static void assertContrast(
      double least, Map<String, String> colours, String name, String behind) {
    double contrast = contrast(colours.get(name), colours.get(behind));
    assertTrue(contrast >= least, () -> "%s on %s: %.2f".formatted(name, behind, contrast));
  }

  /** So that what is above says all. */
  @Test
  void noOtherColoursAreUsedAndNoneIsFaint() throws Exception {
    String rules = style().replaceAll("(?s)^.*?\n}\n(?=\\*)", "");
    assertFalse(Pattern.compile("#\\w|rgb|hsl|opacity|filter").matcher(rules).find(), rules);
    List<String> used =
        Pattern.compile("[ (]color: ([^;]+);")
            .matcher(rules)
            .results()
            .map((MatchResult colour) -> colour.group(1))
            .distinct()
            .sorted()
            .toList();
    assertEquals(List.of("var(--ink)", "var(--soft)"), used);
  }
}
