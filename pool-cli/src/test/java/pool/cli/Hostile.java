package pool.cli;

/**
 * A plugin whose jobs do the worst that they are asked for, by their text. Those that do not end
 * say on the error output that they run, since a signal before that keeps a line from being read.
 */
final class Hostile {

  static final String SOURCE =
      """
      package hostile;

      import java.nio.file.*;
      import java.util.*;
      import java.util.concurrent.*;
      import pool.api.*;
      import pool.core.*;

      public class Factory implements WorkerFactory<String, Object> {
        static final List<Object> KEPT = new ArrayList<>();
        static final Set<String> LONG = Set.of("text", "message", "hang", "exit in cancel");

        public String name() {
          if (Files.exists(Path.of("exit-in-name"))) { System.exit(0); }
          if (Files.exists(Path.of("hang-in-name"))) { hang(); }
          return "hostile";
        }
        public Class<String> jobType() { return String.class; }
        public Class<Object> resultType() { return Object.class; }
        public List<Option<?>> options() {
          return List.of(
            Option.optional("at", t -> t, "", "what happens when it opens"),
            Option.optional("database", t -> {
              if (!t.startsWith("jdbc:")) { throw new IllegalArgumentException("no URL: " + t); }
              return t;
            }, "jdbc:x://sa:hunter2@h", "a URL"),
            Option.optional("file", t -> t, "", "what it keeps open"));
        }

        static void hang() {
          while (true) {
            try { Thread.sleep(1000); } catch (InterruptedException e) { }
          }
        }
        static boolean exits() {
          try {
            Thread hook = new Thread();
            Runtime.getRuntime().addShutdownHook(hook);
            Runtime.getRuntime().removeShutdownHook(hook);
            return false;
          } catch (IllegalStateException e) {
            return true;
          }
        }

        public Worker<String, Object> open(WorkerContext context) throws Exception {
          switch (context.options().getOrDefault("at", "")) {
            case "hang" -> { System.err.println("opening"); hang(); }
            case "wait" -> {
              System.err.println("opening");
              try { Thread.sleep(600_000); } catch (InterruptedException e) {
                throw new IllegalStateException("the lock of shop.db is held by somebody else");
              }
            }
            case "exit" -> System.exit(0);
            case "fail" -> throw new Exception("cannot reach jdbc:x://sa:hunter2@h");
            default -> { }
          }
          String file = context.options().getOrDefault("file", "");
          if (!file.isEmpty()) {
            context.own(java.nio.channels.FileChannel.open(Path.of(file), StandardOpenOption.READ));
          }
          return new Worker<String, Object>() {
            volatile String now = "";
            public Object run(String job) throws Exception {
              now = job;
              if (LONG.contains(job)) { System.err.println("runs " + job); }
              switch (job) {
                case "text": return new Object() { public String toString() { hang(); return ""; } };
                case "exit text": return new Object() { public String toString() { System.exit(0); return ""; } };
                case "message": throw new Exception() { public String getMessage() { hang(); return ""; } };
                case "log":
                  for (int i = 0; i < 10_000; i++) { System.err.println("x".repeat(100)); }
                  return "logged";
                case "hang": hang(); return "";
                case "exit": System.exit(0); return "";
                case "exit in cancel": Thread.sleep(600_000); return "";
                case "exit later":
                  Thread.ofPlatform().daemon(true).start(() -> System.exit(0));
                  while (!exits()) { Thread.onSpinWait(); }
                  Thread.interrupted();
                  System.exit(5);
                  return "";
                case "memory":
                  while (true) { KEPT.add(new byte[1_000_000]); }
                case "thrown memory": throw new RuntimeException(new OutOfMemoryError("Java heap space"));
                case "thread":
                  Thread.ofPlatform().start(() -> { throw new OutOfMemoryError("Java heap space"); });
                  Thread.sleep(600_000);
                  return "";
                case "cancelled": throw new CancellationException("of my own");
                case "closed": {
                  WorkerPool<String, String> inner =
                    WorkerPool.of(WorkerFactory.of("in", String.class, String.class, c -> j -> j)).workers(1).open();
                  inner.close();
                  return inner.submit("x").get();
                }
                case "rejected": throw new RejectedExecutionException();
                case "late": throw new TimeoutException();
                case "file": return Files.readString(Path.of("/no/such file"));
                case "class": throw new NoClassDefFoundError("lib/Lib");
                case "empty": throw new IllegalStateException("");
                case "circle": {
                  Exception a = new Exception("first of two");
                  a.initCause(new Exception("second of two", a));
                  throw a;
                }
                case "url": throw new Exception("no driver for jdbc:x://sa:hunter2@h?token=hunter2");
                default: return job;
              }
            }
            public void cancel() {
              if (now.equals("exit in cancel")) { System.exit(0); }
            }
            public void close() {
              if (now.equals("exit in close")) { System.exit(0); }
            }
          };
        }
      }
      """;

  private Hostile() {}
}
