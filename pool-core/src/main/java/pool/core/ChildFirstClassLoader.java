package pool.core;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/**
 * Loads the classes of a plugin on a class path: its own come first, but for what it shares with
 * the pool. Of factories it knows those of the plugin only.
 */
final class ChildFirstClassLoader extends URLClassLoader {

  private static final String PROVIDERS = "META-INF/services/" + WorkerFactory.class.getName();

  static {
    boolean _ = ClassLoader.registerAsParallelCapable();
  }

  ChildFirstClassLoader(String plugin, URL[] jars) {
    super(plugin, jars, WorkerFactory.class.getClassLoader());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null && !isShared(name)) {
        try {
          loaded = findClass(name);
        } catch (ClassNotFoundException e) {
          // it is the program's, or nobody's
        }
      }
      return loaded == null ? super.loadClass(name, resolve) : loaded;
    }
  }

  private static boolean isShared(String name) {
    return Plugin.SHARED.stream().anyMatch(module -> name.startsWith(module + '.'));
  }

  @Override
  public @Nullable URL getResource(String name) {
    URL own = findResource(name);
    return own == null ? super.getResource(name) : own;
  }

  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    return name.equals(PROVIDERS) ? findResources(name) : super.getResources(name);
  }
}
