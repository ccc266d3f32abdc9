package pool.plugins.example.command;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a text into words as a shell does: at blanks that are not quoted by {@code '}, {@code "}
 * or {@code \}. Nothing is expanded.
 */
final class Words {

  private static final char NONE = 0;

  private final String text;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean isWord; // a quoted word may be empty

  private Words(String text) {
    this.text = text;
  }

  /**
   * Returns the words.
   *
   * @throws IllegalArgumentException when there are none, or a quote is not closed
   */
  static List<String> split(String text) {
    return new Words(text).split();
  }

  private List<String> split() {
    char quote = NONE;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length() && isEscaped(text.charAt(i + 1), quote)) {
        i++;
        add(text.charAt(i));
      } else if (quote == NONE && (c == '\'' || c == '"')) {
        quote = c;
        isWord = true;
      } else if (c == quote) {
        quote = NONE;
      } else if (quote == NONE && Character.isWhitespace(c)) {
        end();
      } else {
        add(c);
      }
    }
    if (quote != NONE) {
      throw new IllegalArgumentException("a %s is not closed".formatted(quote));
    }
    end();
    if (words.isEmpty()) {
      throw new IllegalArgumentException("expected a program and its arguments");
    }
    return List.copyOf(words);
  }

  /** Within double quotes a backslash is literal, except before characters that it escapes. */
  private static boolean isEscaped(char c, char quote) {
    return switch (quote) {
      case NONE -> true;
      case '"' -> "$`\"\\\n".indexOf(c) >= 0;
      default -> false;
    };
  }

  private void add(char c) {
    word.append(c);
    isWord = true;
  }

  private void end() {
    if (isWord) {
      words.add(word.toString());
      word.setLength(0);
      isWord = false;
    }
  }
}
