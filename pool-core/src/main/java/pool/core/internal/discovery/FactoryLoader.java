package pool.core.internal.discovery;

import java.lang.reflect.Modifier;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.api.internal.Delegating;
import pool.core.FactoryInfo;
import pool.core.ProviderFailure;

/** Makes the factories that a service loader finds, and says which could not be made. */
@SuppressWarnings("rawtypes") // as ServiceLoader has it
public final class FactoryLoader {

  /** A class loader that fails before it comes to a provider fails for ever. */
  private static final int MOST_FAILURES = 100;

  private static final int LONGEST_TEXT = 10_000;

  private FactoryLoader() {}

  /**
   * Adds the factories of those providers that are wanted; gives up after many failures.
   *
   * @param most how many providers are looked at, at most
   */
  public static void load(
      ServiceLoader<WorkerFactory> loader,
      long most,
      Predicate<ServiceLoader.Provider<WorkerFactory>> isWanted,
      List<FactoryInfo> found,
      List<ProviderFailure> failures) {
    Iterator<ServiceLoader.Provider<WorkerFactory>> providers = loader.stream().iterator();
    int failed = 0;
    for (long looked = 0; looked < most && failed < MOST_FAILURES; looked++) {
      try {
        if (!providers.hasNext()) {
          return;
        }
        ServiceLoader.Provider<WorkerFactory> provider = providers.next();
        if (isWanted.test(provider) && !load(provider, found, failures)) {
          failed++;
        }
      } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
        failed++;
        ProviderFailure failure = new ProviderFailure("a provider", FailureText.of(e));
        if (!failures.contains(failure)) { // two may lack the same class: it need not be the end
          failures.add(failure);
        }
      }
    }
    if (failures.size() >= MOST_FAILURES) {
      failures.add(
          new ProviderFailure(
              "more providers", "not looked at, since %d have failed".formatted(MOST_FAILURES)));
    }
  }

  private static boolean load(
      ServiceLoader.Provider<WorkerFactory> provider,
      List<FactoryInfo> found,
      List<ProviderFailure> failures) {
    Class<?> type = provider.type();
    try {
      if (!type.getModule().isNamed() && !Modifier.isPublic(type.getModifiers())) {
        throw new ServiceConfigurationError("the class is not public");
      }
      found.add(info(provider.get()));
      return true;
    } catch (Throwable e) { // whatever is wrong with it, the others are to be found
      String module = type.getModule().getName();
      failures.add(
          new ProviderFailure(
              type.getName() + (module == null ? " (class path)" : " (module " + module + ")"),
              FailureText.of(e)));
      return false;
    }
  }

  /** Asks a factory what it is; one that says nothing, or too much, is not taken. */
  private static FactoryInfo info(WorkerFactory<?, ?> factory) {
    Class<?> type = Delegating.openerOf(factory).getClass();
    return new FactoryInfo(
        text("name", factory.name()),
        text("description", factory.description()),
        returned("jobType", factory.jobType()),
        returned("resultType", factory.resultType()),
        returned("options", factory.options()),
        Optional.ofNullable(type.getModule().getName()),
        Origins.version(type),
        Origins.location(type),
        factory);
  }

  private static String text(String method, @Nullable String value) {
    String text = returned(method, value);
    if (text.length() > LONGEST_TEXT) {
      throw new ServiceConfigurationError(
          "%s() returned %d characters, and at most %d are read"
              .formatted(method, text.length(), LONGEST_TEXT));
    }
    return text;
  }

  private static <T> T returned(String method, @Nullable T value) {
    if (value == null) {
      throw new ServiceConfigurationError(method + "() returned null");
    }
    return value;
  }
}
