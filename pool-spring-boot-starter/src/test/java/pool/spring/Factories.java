package pool.spring;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** The factories of these tests. */
final class Factories {

  private Factories() {}

  /** What a job gives; its types are not those of any other. */
  record Length(int length) {}

  /** A class that is a bean, with a name of its own. */
  static final class LengthFactory implements WorkerFactory<URI, Length> {

    @Override
    public String name() {
      return "length";
    }

    @Override
    public Class<URI> jobType() {
      return URI.class;
    }

    @Override
    public Class<Length> resultType() {
      return Length.class;
    }

    @Override
    public Worker<URI, Length> open(WorkerContext context) {
      return uri -> new Length(uri.toString().length());
    }
  }

  static final Option<String> GREETING =
      Option.optional("greeting", text -> text, "hello", "what is said");

  static WorkerFactory<String, String> greet() {
    return WorkerFactory.of(
        "greet",
        String.class,
        String.class,
        List.of(GREETING),
        context -> {
          String greeting = context.get(GREETING);
          return name -> greeting + " " + name;
        });
  }

  /** Without class tokens, since a list has none. */
  static WorkerFactory<String, List<String>> words() {
    return WorkerFactory.of("words", context -> text -> List.of(text.split(" ")));
  }

  /** Opens a worker only while its slot is allowed to; a job may break its worker. */
  static final class Gate {

    final Map<Integer, Boolean> open = new ConcurrentHashMap<>();
    final CountDownLatch started = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);

    WorkerFactory<String, String> factory() {
      return WorkerFactory.of(
          "gate",
          String.class,
          String.class,
          context -> {
            requireOpen(context.index());
            return job -> run(job, context.index());
          });
    }

    private String run(String job, int index) throws Exception {
      switch (job) {
        case "break" -> throw new pool.api.WorkerBrokenException("password=secret was refused");
        case "wait" -> {
          started.countDown();
          if (!release.await(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("never released");
          }
        }
        default -> requireOpen(index);
      }
      return job;
    }

    private void requireOpen(int index) {
      if (!open.getOrDefault(index, false)) {
        throw new IllegalStateException("gate " + index + " is shut, password=secret");
      }
    }
  }
}
