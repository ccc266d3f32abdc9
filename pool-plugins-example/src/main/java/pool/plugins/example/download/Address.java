package pool.plugins.example.download;

import java.net.IDN;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The address of a document. Two addresses that make the same request are equal: a fragment, the
 * case of a host's name, a default port, and how a letter is escaped make no difference.
 *
 * @param uri what is requested, stored and shown: without credentials
 * @param authorization the credentials, as the value of a header; null when there are none
 */
record Address(URI uri, @Nullable String authorization) {

  private static final String ESCAPED = " \"<>\\^`{|}";

  /** Returns the address of a job. */
  static Address of(URI job) {
    String scheme = job.getScheme();
    String authority = job.getRawAuthority();
    String text = job.toString().replaceFirst("#.*", "");
    if (scheme == null || authority == null) {
      return new Address(URI.create(text), null);
    }
    int at = authority.lastIndexOf('@');
    String path = job.getRawPath() == null || job.getRawPath().isEmpty() ? "/" : job.getRawPath();
    String query = job.getRawQuery() == null ? "" : "?" + job.getRawQuery();
    String rest = escaped((path + query).getBytes(StandardCharsets.UTF_8), 0);
    String lower = scheme.toLowerCase(Locale.ROOT);
    String host = host(lower, authority.substring(at + 1));
    return new Address(
        URI.create(lower + "://" + host + rest), at < 0 ? null : basic(authority.substring(0, at)));
  }

  /**
   * Returns the target of a redirect. Accepts what browsers accept: spaces, and letters that are
   * not escaped.
   *
   * @param location the header, one character for each byte
   */
  Address follow(String location) throws URISyntaxException {
    String reference = location.strip().replaceFirst("#.*", "");
    int query = reference.indexOf('?');
    String before = query < 0 ? reference : reference.substring(0, query);
    before = before.replace('\\', '/');
    reference = query < 0 ? before : before + reference.substring(query);
    int begin = reference.matches("^([a-zA-Z][a-zA-Z0-9+.-]*:)?//.*") ? authorityEnd(reference) : 0;
    String escaped = escaped(reference.getBytes(StandardCharsets.ISO_8859_1), begin);
    if (escaped.isEmpty()
        || escaped.startsWith("?")) { // java.net.URI resolves these as RFC 2396 did
      return of(new URI(uri.toString().replaceFirst("\\?.*", "") + escaped));
    }
    String target = uri.resolve(new URI(escaped)).toString();
    return of(new URI(target.replaceFirst("^([^?]*?//[^/?]*)(/\\.\\.)+(?=/|\\?|$)", "$1")));
  }

  /** Returns whether credentials for this address may be sent to the other. */
  boolean isSameOrigin(Address other) {
    return uri.getScheme().equals(other.uri.getScheme())
        && uri.getRawAuthority().equals(other.uri.getRawAuthority());
  }

  private static int authorityEnd(String reference) {
    int i = reference.indexOf("//") + 2;
    while (i < reference.length() && "/?".indexOf(reference.charAt(i)) < 0) {
      i++;
    }
    return i;
  }

  /**
   * Escapes what must not be in a URI.
   *
   * @param path the index after which brackets are not part of a host
   */
  private static String escaped(byte[] bytes, int path) {
    StringBuilder text = new StringBuilder(bytes.length);
    boolean query = false;
    for (int i = 0; i < bytes.length; i++) {
      char c = (char) (bytes[i] & 0xff);
      query |= c == '?';
      boolean bracket = (c == '[' || c == ']') && i >= path && !query;
      boolean percent = c == '%' && !isEscape(bytes, i);
      if (c < ' ' || c > '~' || ESCAPED.indexOf(c) >= 0 || bracket || percent) {
        text.append('%').append(HexFormat.of().withUpperCase().toHexDigits(bytes[i]));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private static boolean isEscape(byte[] bytes, int at) {
    return at + 2 < bytes.length
        && HexFormat.isHexDigit(bytes[at + 1])
        && HexFormat.isHexDigit(bytes[at + 2]);
  }

  private static String host(String scheme, String hostAndPort) {
    String defaultPort =
        scheme.equals("https") ? ":(443)?$" : scheme.equals("http") ? ":(80)?$" : "$";
    String host = hostAndPort.toLowerCase(Locale.ROOT).replaceFirst(defaultPort, "");
    if (host.startsWith("[") || host.chars().allMatch(c -> c < 128 && c != '%')) {
      return host;
    }
    try {
      String name = URLDecoder.decode(host.replace("+", "%2B"), StandardCharsets.UTF_8);
      String ascii = IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
      return ascii.matches("[\\w.:-]+") ? ascii : host;
    } catch (IllegalArgumentException e) {
      return host; // no resolver will find it
    }
  }

  private static String basic(String userInfo) {
    String user = URLDecoder.decode(userInfo.replace("+", "%2B"), StandardCharsets.UTF_8);
    String pair = user.contains(":") ? user : user + ":";
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }
}
