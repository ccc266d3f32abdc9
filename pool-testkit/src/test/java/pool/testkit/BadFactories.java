package pool.testkit;

import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Contracts of factories with one fault each: what their workers share, options, packaging. */
final class BadFactories {

  private BadFactories() {}

  static final class IsForOnePoolAtATime extends SoundContract {
    private static final AtomicReference<@Nullable String> POOL = new AtomicReference<>();

    @Override
    Sound open(WorkerContext context) {
      String before = POOL.getAndSet(context.poolName());
      if (before != null && !before.equals(context.poolName())) {
        throw new IllegalStateException("the session is used by " + before);
      }
      return new Sound(context) {
        @Override
        public void close() {
          POOL.set(null);
        }
      };
    }
  }

  static final class ClosesWhatAnotherPoolUses extends SoundContract {
    private static final AtomicReference<Object> SHARED = new AtomicReference<>(new Object());

    @Override
    Sound open(WorkerContext context) {
      Object mine = SHARED.updateAndGet(_ -> new Object());
      if (context.poolName().endsWith("-first")) {
        return new Sound(context) {
          @Override
          public void close() {
            SHARED.set(new Object());
          }
        };
      }
      return new Sound(context) {
        @Override
        public @Nullable String run(String job) throws Exception {
          if (context.poolName().endsWith("-second") && SHARED.get() != mine) {
            throw new IllegalStateException("the shared session is closed");
          }
          return super.run(job);
        }
      };
    }
  }

  static final class HasAnOptionWithoutDescription extends SoundContract {
    @Override
    List<Option<?>> itsOptions() {
      return List.of(LIMIT, Option.optional("mode", text -> text, "fast", ""));
    }
  }

  static final class HasAnOptionTwice extends SoundContract {
    @Override
    List<Option<?>> itsOptions() {
      return List.of(LIMIT, LIMIT);
    }
  }

  private enum Mode {
    FAST;

    static Mode of(String text) {
      if (!text.equals("fast")) {
        throw new IllegalArgumentException();
      }
      return FAST;
    }
  }

  static final class HasAnOptionWhoseReaderReturnsNull extends SoundContract {
    @Override
    List<Option<?>> itsOptions() {
      return List.of(LIMIT, Option.optional("mode", Map.of("fast", 1)::get, 1, "how"));
    }
  }

  static final class HasAnOptionThatDoesNotSayWhy extends SoundContract {
    @Override
    List<Option<?>> itsOptions() {
      return List.of(LIMIT, Option.optional("mode", Mode::of, Mode.FAST, "how"));
    }
  }

  static final class ListsAnotherFactory implements WorkerFactoryContract<String, String> {
    private final URLClassLoader loader;

    ListsAnotherFactory() throws Exception {
      Path folder = LeftOpen.folder();
      PluginJar.make(folder, "shouting.Other");
      loader = PluginJar.classPath(folder);
      LeftOpen.add(loader);
    }

    @Override
    public List<String> samples() {
      return List.of("one");
    }

    @Override
    public WorkerFactory<String, String> factory() {
      return PluginJar.factory(loader);
    }
  }

  /** Opens workers that register themselves with the JDK for good. */
  public static final class RegisteringFactory implements WorkerFactory<String, String> {

    /** For the contract. */
    public RegisteringFactory() {}

    @Override
    public String name() {
      return "registering";
    }

    @Override
    public Class<String> jobType() {
      return String.class;
    }

    @Override
    public Class<String> resultType() {
      return String.class;
    }

    @Override
    public Worker<String, String> open(WorkerContext context) {
      Worker<String, String> worker = job -> job;
      System.getProperties().put(RegisteringFactory.class.getName(), worker);
      return worker;
    }
  }

  static final class KeepsItsClassLoader implements WorkerFactoryContract<String, String> {
    @Override
    public WorkerFactory<String, String> factory() {
      LeftOpen.add(() -> System.getProperties().remove(RegisteringFactory.class.getName()));
      return new RegisteringFactory();
    }

    @Override
    public List<String> samples() {
      return List.of("one");
    }

    @Override
    public Duration bound() {
      return Duration.ofSeconds(1);
    }
  }
}
