package pool.core.internal.discovery;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/**
 * Loads the classes of a plugin, whose jars are modules or a class path: its own come first, then
 * those of the program. What the plugin shares with the pool, and what is the JDK's, is never its
 * own. Of factories that services files name it knows those of the plugin only.
 *
 * <p>It opens all jars at once, and reads classes and resources of these open files: one that is
 * replaced is for the next loader. The JDK's loaders, also those of layers, read resources through
 * a cache by the name of the file.
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

  /**
   * What is known of modules.
   *
   * @param jars by name
   * @param packages their own
   * @param read the loaders of the packages of other modules that they read
   */
  record Modules(Map<String, URL> jars, Set<String> packages, Map<String, ClassLoader> read) {}

  private final List<String> provided;
  private final @Nullable Modules modules; // null for a class path
  private final Map<String, JarFile> jars = new HashMap<>(); // by how their resources' URLs begin
  private final URLStreamHandler opener =
      new URLStreamHandler() {
        @Override
        protected URLConnection openConnection(URL resource) throws IOException {
          return new OpenJar(resource, Objects.requireNonNull(jars.get(beginning(resource))));
        }
      };

  private ChildFirstClassLoader(
      String plugin, Collection<URL> jars, List<String> provided, @Nullable Modules modules)
      throws IOException {
    super(plugin, jars.toArray(URL[]::new), ChildFirstClassLoader.class.getClassLoader());
    this.provided = provided;
    this.modules = modules;
    for (URL jar : jars) {
      File file = Path.of(URI.create(jar.toString())).toFile();
      this.jars.put(
          resourcesOf(jar), new JarFile(file, true, ZipFile.OPEN_READ, Runtime.version()));
    }
    URL _ = super.findResource("META-INF/none"); // opens them for the classes as well
  }

  /**
   * Over the loader of the pool, which sees what the plugin shares with it.
   *
   * @param provided factories that are named by module descriptors, which nobody reads here
   */
  static ChildFirstClassLoader ofClassPath(
      String plugin, Collection<URL> jars, List<String> provided) throws IOException {
    return new ChildFirstClassLoader(plugin, jars, provided, null);
  }

  /** The same for modules. */
  static ChildFirstClassLoader ofModules(String plugin, Modules modules) throws IOException {
    return new ChildFirstClassLoader(plugin, modules.jars.values(), List.of(), modules);
  }

  private static boolean isOfJdk(@Nullable ClassLoader loader) {
    return loader == null || loader.equals(ClassLoader.getPlatformClassLoader());
  }

  /** Whether it belongs to what the plugin shares with the pool. */
  public static boolean isShared(String className) {
    return Plugin.SHARED.stream().anyMatch(module -> className.startsWith(module + '.'));
  }

  private static boolean isOwn(String className) {
    return !isShared(className) && !PACKAGES_OF_JDK.contains(packageOf(className));
  }

  private static String packageOf(String className) {
    return className.substring(0, Math.max(0, className.lastIndexOf('.')));
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
      if (loaded == null && modules != null) {
        ClassLoader read = modules.read.get(packageOf(name));
        loaded = read == null ? null : read.loadClass(name);
      }
      return loaded == null ? super.loadClass(name, resolve) : loaded;
    }
  }

  /** Of modules, what their manifests name beside them is not read. */
  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    if (modules != null && !modules.packages.contains(packageOf(name))) {
      throw new ClassNotFoundException(name);
    }
    return super.findClass(name);
  }

  /** For {@link Class#forName(Module, String)}. */
  @Override
  protected @Nullable Class<?> findClass(@Nullable String module, String name) {
    try {
      return findClass(name);
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  @Override
  public @Nullable URL getResource(String name) {
    URL own = findResource(name);
    return own == null ? super.getResource(name) : own;
  }

  @Override
  public @Nullable URL findResource(String name) {
    try {
      return findResource(null, name);
    } catch (IOException e) {
      return null; // as the method promises
    }
  }

  /** For {@link Class#getResourceAsStream} of a class in a module. */
  @Override
  protected @Nullable URL findResource(@Nullable String module, String name) throws IOException {
    String inside = module == null || modules == null ? "" : resourcesOf(modules.jars.get(module));
    return Collections.list(findResources(name)).stream()
        .filter(resource -> resource.toString().startsWith(inside))
        .findFirst()
        .orElse(null);
  }

  @Override
  public Enumeration<URL> findResources(String name) throws IOException {
    List<URL> resources = new ArrayList<>();
    for (URL resource : Collections.list(super.findResources(name))) {
      if (jars.containsKey(beginning(resource))) {
        resources.add(URL.of(URI.create(resource.toString()), opener));
      } else if (modules == null) { // of what a manifest names
        resources.add(resource);
      }
    }
    return Collections.enumeration(resources);
  }

  /** How the URLs of what is in a jar begin. */
  private static String resourcesOf(@Nullable URL jar) {
    return "jar:" + jar + "!/";
  }

  private static String beginning(URL resource) {
    String text = resource.toString();
    return text.substring(0, text.indexOf("!/") + 2);
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

  /** A resource in a jar that is open, and stays so. */
  private static final class OpenJar extends JarURLConnection {

    private final JarFile jar;

    OpenJar(URL resource, JarFile jar) throws MalformedURLException {
      super(resource);
      this.jar = jar;
    }

    @Override
    public void connect() {}

    @Override
    public JarFile getJarFile() {
      return jar;
    }

    @Override
    public InputStream getInputStream() throws IOException {
      JarEntry entry = getJarEntry();
      if (entry == null) {
        throw new FileNotFoundException(getURL().toString());
      }
      return jar.getInputStream(entry);
    }

    @Override
    public long getContentLengthLong() {
      ZipEntry entry = getEntryName() == null ? null : jar.getEntry(getEntryName());
      return entry == null ? -1 : entry.getSize();
    }
  }
}
