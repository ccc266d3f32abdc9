package pool.cli;

import java.util.regex.Pattern;

/** Hides what looks like a credential in a text, such as a URL. */
final class Credentials {

  private static final Pattern USER = Pattern.compile("(://)[^/?#\\s]*@");
  private static final Pattern PARAMETER =
      Pattern.compile(
          "(?i)([?&;][^=&;#\\s]*(?:pass|pwd|secret|token|key|credential|sig)[^=&;#\\s]*=)[^&;#\\s]*");

  private Credentials() {}

  static String hidden(String text) {
    String withoutUser = USER.matcher(text).replaceAll("$1" + Invocation.HIDDEN + "@");
    return PARAMETER.matcher(withoutUser).replaceAll("$1" + Invocation.HIDDEN);
  }
}
