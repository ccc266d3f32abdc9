package pool.core.internal.discovery;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/**
 * Loads the classes of a plugin whose jars are a class path: its own come first, then those of the
 * program. What the plugin shares with the pool, and what is the JDK's, is never its own. Of
 * factories it knows those of the plugin only.
 */
public final class ChildFirstClassLoader extends URLClassLoader {

  private static final String PROVIDERS = "META-INF/services/" + WorkerFactory.class.getName();

  /** Of the JDK: a class in one of them that a plugin brought would not fit the others. */
  private static final Set<String> PACKAGES_OF_JDK =
      ModuleLayer.boot().modules().stream()
          .filter(module -> isOfJdk(module.getClassLoader()))
          .flatMap(module -> module.getPackages().stream())
          .collect(Collectors.toUnmodifiableSet());

  static {
    boolean _ = ClassLoader.registerAsParallelCapable();
  }

  private final List<String> provided;

  /**
   * Over the loader of the pool, which sees what the plugin shares with it.
   *
   * @param provided factories that are named by module descriptors, which nobody reads here
   */
  public ChildFirstClassLoader(String plugin, URL[] jars, List<String> provided) {
    super(plugin, jars, ChildFirstClassLoader.class.getClassLoader());
    this.provided = provided;
  }

  private static boolean isOfJdk(@Nullable ClassLoader loader) {
    return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
  }

  /** Whether it belongs to what the plugin shares with the pool. */
  public static boolean isShared(String className) {
    return Plugin.SHARED.stream().anyMatch(module -> className.startsWith(module + '.'));
  }

  private static boolean isOwn(String className) {
    int dot = className.lastIndexOf('.');
    return !isShared(className)
        && (dot < 0 || !PACKAGES_OF_JDK.contains(className.substring(0, dot)));
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null && isOwn(name)) {
        try {
          loaded = findClass(name);
        } catch (ClassNotFoundException e) {
          // it is the program's, or nobody's
        }
      }
      return loaded == null ? super.loadClass(name, resolve) : loaded;
    }
  }

  @Override
  public @Nullable URL getResource(String name) {
    URL own = findResource(name);
    return own == null ? super.getResource(name) : own;
  }

  /** Past the JDK's cache of open jars, which would go on with a file that was replaced. */
  @Override
  public @Nullable InputStream getResourceAsStream(String name) {
    URL resource = getResource(name);
    try {
      if (resource == null) {
        return null;
      }
      URLConnection connection = resource.openConnection();
      connection.setUseCaches(false);
      return connection.getInputStream();
    } catch (IOException e) {
      return null; // as the method promises
    }
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    List<URL> resources = Collections.list(findResources(name));
    if (!name.equals(PROVIDERS)) {
      resources.addAll(Collections.list(getParent().getResources(name)));
    } else if (!provided.isEmpty()) {
      resources.add(listing(provided));
    }
    return Collections.enumeration(resources);
  }

  /** What a services file would say, for ServiceLoader to read. */
  private static URL listing(List<String> names) throws IOException {
    byte[] text = String.join("\n", names).getBytes(StandardCharsets.UTF_8);
    URLStreamHandler handler =
        new URLStreamHandler() {
          @Override
          protected URLConnection openConnection(URL url) {
            return new URLConnection(url) {
              @Override
              public void connect() {}

              @Override
              public InputStream getInputStream() {
                return new ByteArrayInputStream(text);
              }
            };
          }
        };
    return URL.of(URI.create("plugin:module-info"), handler);
  }
}
