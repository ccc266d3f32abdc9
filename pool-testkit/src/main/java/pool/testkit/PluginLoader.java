package pool.testkit;

import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;

/** Loads the classes of one jar or folder anew, and takes all others from the test. */
final class PluginLoader extends URLClassLoader {

  PluginLoader(Origin origin, ClassLoader parent) throws MalformedURLException {
    super("plugin", new URL[] {origin.root().toUri().toURL()}, parent);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null && !name.startsWith("pool.api.")) { // a plugin may carry a copy of it
        try {
          loaded = findClass(name);
        } catch (ClassNotFoundException e) {
          loaded = null;
        }
      }
      return loaded == null ? super.loadClass(name, resolve) : loaded;
    }
  }
}
