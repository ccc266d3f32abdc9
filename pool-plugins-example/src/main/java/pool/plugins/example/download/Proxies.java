package pool.plugins.example.download;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The proxies in the environment variables {@code http_proxy}, {@code https_proxy} and {@code
 * no_proxy}, also in capitals. If there are none, or a system property such as {@code
 * http.proxyHost} is set, Java's own selection applies.
 */
final class Proxies extends ProxySelector {

  private final @Nullable Address http;
  private final @Nullable Address https;
  private final List<String> direct;

  private Proxies(@Nullable Address http, @Nullable Address https, List<String> direct) {
    this.http = http;
    this.https = https;
    this.direct = direct;
  }

  static Proxies of(Map<String, String> environment) {
    String none = value(environment, "no_proxy");
    return new Proxies(
        proxy(environment, "http_proxy"),
        proxy(environment, "https_proxy"),
        none == null ? List.of() : List.of(none.toLowerCase(Locale.ROOT).strip().split("[,\\s]+")));
  }

  private static @Nullable String value(Map<String, String> environment, String name) {
    String value = environment.get(name);
    value = value == null ? environment.get(name.toUpperCase(Locale.ROOT)) : value;
    return value == null || value.isBlank() ? null : value.strip();
  }

  private static @Nullable Address proxy(Map<String, String> environment, String name) {
    String value = value(environment, name);
    if (value == null) {
      return null;
    }
    try {
      Address address = Address.of(URI.create(value.contains("://") ? value : "http://" + value));
      if ("http".equals(address.uri().getScheme()) && address.uri().getHost() != null) {
        return address;
      }
    } catch (IllegalArgumentException e) {
      // the message below omits what this one quotes
    }
    throw new IllegalArgumentException(
        "environment variable %s: expected http://host:port, but was '%s'"
            .formatted(name, value.replaceFirst("[^/]*@", "")));
  }

  /** The credentials for the proxy of a request; null when there are none. */
  @Nullable String authorization(URI uri) {
    Address proxy = proxyFor(uri);
    return proxy == null ? null : proxy.authorization();
  }

  /** What a request connects to: its host, or a proxy. */
  String destination(URI uri) {
    Address proxy = proxyFor(uri);
    return proxy == null
        ? String.valueOf(uri.getRawAuthority())
        : "the proxy " + proxy.uri().getRawAuthority();
  }

  @Override
  public List<Proxy> select(URI uri) {
    Address proxy = proxyFor(uri);
    if (proxy != null) {
      URI place = proxy.uri();
      int port = place.getPort() < 0 ? 80 : place.getPort();
      return List.of(
          new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(place.getHost(), port)));
    }
    ProxySelector java = ProxySelector.getDefault();
    boolean configured = configured(uri) == null;
    return java == null || !configured ? List.of(Proxy.NO_PROXY) : java.select(uri);
  }

  private @Nullable Address configured(URI uri) {
    if (System.getProperty(uri.getScheme() + ".proxyHost") != null) {
      return null;
    }
    return switch (uri.getScheme()) {
      case "http" -> http;
      case "https" -> https;
      default -> null;
    };
  }

  private @Nullable Address proxyFor(URI uri) {
    return direct.stream().anyMatch(entry -> matches(entry, uri)) ? null : configured(uri);
  }

  /** Matches as curl and others do: a name includes its subdomains, a network its addresses. */
  private static boolean matches(String entry, URI uri) {
    String host = unbracketed(String.valueOf(uri.getHost()));
    int defaultPort = uri.getScheme().equals("https") ? 443 : 80;
    int port = uri.getPort() < 0 ? defaultPort : uri.getPort();
    String name = entry.replaceFirst("^\\*?\\.", "");
    if (name.matches("[^:]+:\\d+|\\[.*]:\\d+")) {
      int colon = name.lastIndexOf(':');
      if (!name.substring(colon + 1).equals(Integer.toString(port))) {
        return false;
      }
      name = name.substring(0, colon);
    }
    name = unbracketed(name);
    return entry.equals("*")
        || (!name.isEmpty() && (host.equals(name) || host.endsWith("." + name)))
        || (name.contains("/") && isWithin(host, name));
  }

  private static String unbracketed(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static boolean isWithin(String host, String network) {
    try {
      int slash = network.indexOf('/');
      byte[] address = InetAddress.ofLiteral(host).getAddress();
      byte[] base = InetAddress.ofLiteral(network.substring(0, slash)).getAddress();
      int bits = Integer.parseInt(network.substring(slash + 1));
      return address.length == base.length
          && bits >= 0
          && bits <= 8 * base.length
          && Stream.iterate(0, i -> i < bits, i -> i + 1)
              .allMatch(i -> bit(address, i) == bit(base, i));
    } catch (IllegalArgumentException e) {
      return false; // a name, or not a network
    }
  }

  private static int bit(byte[] bytes, int i) {
    return bytes[i / 8] >> (7 - i % 8) & 1;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException failure) {
    // the request itself fails
  }
}
