package pool.api.internal;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hides what looks like credentials in a text that is about to be shown: the user and password
 * before an {@code @}, and the values of parameters such as {@code password} and {@code token}, of
 * whatever scheme the URL is. It is a guess, and would rather hide too much.
 */
public final class Credentials {

  private static final String HIDDEN = "***";

  /** A name or a value may be percent-encoded, and so may a whole URL within another. */
  private static final Pattern PARAMETER =
      Pattern.compile(
          "(^|[?&;#,{(\\s'\"]|%3F|%26|%3B|%23)([\\w.\\-+%]{1,64}?)(=|%3D)",
          Pattern.CASE_INSENSITIVE);

  /** Apart from the name, for a text may have many names that are harmless, and no end. */
  private static final Pattern VALUE =
      Pattern.compile(
          "'[^']*'|\"[^\"]*\"|['\"]?(?:(?!%26|%3B)[^&;\\s'\"<>])+", Pattern.CASE_INSENSITIVE);

  /** What a name has in it that names a secret. */
  private static final Pattern SECRET =
      Pattern.compile(
          "pass|pwd|secret|token|cred|auth(?!or)|signature|api.?key|access.?key|private.?key|account.?key"
              + "|shared.?key|session|^(?:pw|key|sig|pin|jwt|sas)$");

  private static final Set<String> SECRETS =
      Set.of("password", "passwd", "secret", "token", "apikey", "credentials", "passphrase");

  private static final int LETTERS_PER_TYPO = 4;

  /** A piece of text that may be a URL. */
  private static final Pattern PIECE = Pattern.compile("[^\\s'\"<>]+");

  private static final Pattern SLASHES = Pattern.compile("//|%2F%2F", Pattern.CASE_INSENSITIVE);
  private static final Pattern AT = Pattern.compile("@|%40");
  private static final Pattern SCHEME =
      Pattern.compile("(?:jdbc:\\w+:(?:thin:|oci:)?|[A-Za-z][\\w+.\\-]*:)/?");

  private static final Pattern AUTHORITY_END =
      Pattern.compile("[/?#]|%2F|%3F|%23", Pattern.CASE_INSENSITIVE);

  /** What stands where a port would, and is no number. */
  private static final Pattern PASSWORD =
      Pattern.compile("[^\\[:%]*(?::|%3A).*\\D.*", Pattern.CASE_INSENSITIVE);

  private Credentials() {}

  /**
   * For a message: hides also what a mistyped URL may have.
   *
   * @param text what is to be shown
   * @return the same without credentials
   */
  public static String hidden(String text) {
    return hidden(text, true);
  }

  /**
   * For data, such as a job, of which only a URL is changed.
   *
   * @param text what is to be shown
   * @return the same without the credentials of URLs
   */
  public static String hiddenInUrls(String text) {
    return hidden(text, false);
  }

  private static String hidden(String text, boolean mistyped) {
    if (text.indexOf('=') < 0 && text.indexOf('@') < 0 && text.indexOf('%') < 0) {
      return text; // nearly all are like that
    }
    return PIECE
        .matcher(mistyped ? withoutParameters(text) : text)
        .replaceAll(piece -> Matcher.quoteReplacement(ofPiece(piece.group(), mistyped)));
  }

  private static String ofPiece(String piece, boolean mistyped) {
    Matcher slashes = SLASHES.matcher(piece);
    boolean isUrl = slashes.find() || piece.startsWith("jdbc:");
    if (!isUrl && !mistyped) {
      return piece;
    }
    return withoutUser(mistyped ? piece : withoutParameters(piece));
  }

  /** What is no secret may have another URL in it, with parameters of its own. */
  private static String withoutParameters(String text) {
    StringBuilder shown = new StringBuilder();
    int from = 0;
    Matcher parameter = PARAMETER.matcher(text);
    Matcher value = VALUE.matcher(text);
    int lastBrace = text.lastIndexOf('}'); // looked for once: there may be many that open
    int next = 0;
    while (next <= text.length() && parameter.find(next)) {
      next = parameter.end();
      if (!namesSecret(decoded(parameter.group(2)))) {
        continue;
      }
      int end = next;
      if (next < lastBrace && text.charAt(next) == '{') {
        end = text.indexOf('}', next) + 1;
      } else if (value.region(next, text.length()).lookingAt()) {
        end = value.end();
      }
      if (end > next) {
        shown.append(text, from, next).append(HIDDEN);
        from = end;
        next = end;
      }
    }
    return shown.append(text, from, text.length()).toString();
  }

  /** In whole URLs, one of which may be the parameter of another; else as in one that lacks //. */
  private static String withoutUser(String piece) {
    StringBuilder shown = new StringBuilder();
    int from = 0;
    Matcher slashes = SLASHES.matcher(piece);
    int last = lastAt(piece, 0, piece.length()); // looked for once: there may be many slashes
    boolean isUrl = false;
    while (slashes.find(Math.max(from, isUrl ? slashes.end() : 0))) {
      isUrl = true;
      int at = endOfUser(piece, slashes.end(), last);
      if (at > slashes.end()) {
        shown.append(piece, from, slashes.end()).append(HIDDEN);
        from = at;
      }
    }
    shown.append(piece, from, piece.length());
    return isUrl && from > 0 ? shown.toString() : withoutUserOfMistyped(piece);
  }

  /**
   * Where the {@code @} is that ends the user; -1 when there is none before the host.
   *
   * @param lastAt where the last one of all is
   */
  private static int endOfUser(String url, int from, int lastAt) {
    Matcher end = AUTHORITY_END.matcher(url);
    int last = end.find(from) ? end.start() : url.length();
    int at = lastAt(url, from, last);
    boolean hasPassword = PASSWORD.matcher(url).region(from, last).lookingAt();
    return at < 0 && hasPassword && lastAt >= from ? lastAt : at; // it was not encoded
  }

  private static int lastAt(String text, int from, int to) {
    int last = -1;
    Matcher ats = AT.matcher(text).region(from, to);
    while (ats.find()) {
      last = ats.start();
    }
    return last;
  }

  private static String withoutUserOfMistyped(String piece) {
    Matcher slashes = SLASHES.matcher(piece);
    int to = slashes.find() ? slashes.start() : piece.length();
    int at = lastAt(piece, 0, to);
    int from = at < 0 ? -1 : piece.substring(0, at).indexOf(':') + 1; // joe@example.org has none
    if (from <= 0) {
      return piece;
    }
    Matcher scheme = SCHEME.matcher(piece);
    from = scheme.lookingAt() && scheme.end() < at ? scheme.end() : from;
    return from == at ? piece : piece.substring(0, from) + HIDDEN + piece.substring(at);
  }

  /**
   * Whether a name is one of a secret, or is meant to be.
   *
   * @param name of an option or a parameter
   * @return false when it looks harmless
   */
  public static boolean namesSecret(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return SECRET.matcher(lower).find()
        || SECRETS.stream().anyMatch(secret -> isMeantToBe(lower, secret));
  }

  private static boolean isMeantToBe(String name, String secret) {
    int most = secret.length() / LETTERS_PER_TYPO;
    return Math.abs(name.length() - secret.length()) <= most
        && (EditDistance.between(name, secret) <= most || sorted(name).equals(sorted(secret)));
  }

  private static String sorted(String name) {
    char[] letters = name.toCharArray();
    Arrays.sort(letters);
    return new String(letters);
  }

  /** Percent-encoded bytes as what they mean; what is no such byte is left. */
  private static String decoded(String name) {
    return name.indexOf('%') < 0
        ? name
        : Pattern.compile("%([0-9A-Fa-f]{2})")
            .matcher(name)
            .replaceAll(code ->
                Matcher.quoteReplacement(
                    new String(
                        new byte[] {(byte) Integer.parseInt(code.group(1), 16)},
                        StandardCharsets.ISO_8859_1)));
  }
}
