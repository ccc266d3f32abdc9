package pool.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import pool.api.Option;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Workers that do, in their process, whatever a job says. */
public final class TroubleFactory implements WorkerFactory<String, String> {

  static final Option<String> JOURNAL =
      Option.string("journal", "", "a file for what happens to the worker");
  static final Option<String> IN_OPEN = Option.string("in-open", "", "a job to do while it opens");
  static final Option<String> IN_CANCEL = Option.string("in-cancel", "", "likewise");
  static final Option<String> IN_FINISH = Option.string("in-finish", "", "likewise");
  static final Option<String> IN_CLOSE = Option.string("in-close", "", "likewise");
  static final Option<String> SAID = Option.string("said", "", "a text");

  /** For the child. */
  public TroubleFactory() {}

  @Override
  public String name() {
    return "trouble";
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
  public List<Option<?>> options() {
    return List.of(JOURNAL, IN_OPEN, IN_CANCEL, IN_FINISH, IN_CLOSE, SAID);
  }

  @Override
  public Worker<String, String> open(WorkerContext context) throws Exception {
    return new TroubleWorker(context);
  }

  @SuppressWarnings({"restricted", "try"})
  private static final class TroubleWorker implements Worker<String, String> {

    private final WorkerContext context;
    private final List<byte[]> kept = new ArrayList<>();
    private volatile boolean cancelled;

    TroubleWorker(WorkerContext context) throws Exception {
      this.context = context;
      String _ = run(context.get(IN_OPEN));
      note("open");
    }

    private void note(String what) throws IOException {
      String journal = context.get(JOURNAL);
      if (!journal.isEmpty()) {
        Files.writeString(
            Path.of(journal),
            what + " " + ProcessHandle.current().pid() + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      }
    }

    @Override
    public String run(String job) throws Exception {
      String[] words = job.split(" ");
      return switch (words[0]) {
        case "pid" -> Long.toString(ProcessHandle.current().pid());
        case "null" -> null;
        case "said" -> { // the last character of the option
          String said = context.get(SAID);
          yield Integer.toHexString(said.charAt(said.length() - 1));
        }
        case "where" -> Path.of("").toRealPath().toString();
        case "name" -> Thread.currentThread().getName() + " " + context.index();
        case "unless" -> {
          if (Files.exists(Path.of(words[1]))) {
            throw new IOException("not while %s is there".formatted(words[1]));
          }
          yield job;
        }
        case "rename" -> {
          Thread.currentThread().setName("renamed");
          Thread.currentThread().setPriority(Thread.MAX_PRIORITY);
          yield Thread.currentThread().getName();
        }
        case "fail" -> throw new IOException(job);
        case "break" -> throw new WorkerBrokenException(job);
        case "later" -> throw new RetryLaterException(Duration.ofMillis(50));
        case "error" -> throw new AssertionError(job);
        case "crash" -> {
          MemorySegment nowhere = MemorySegment.ofAddress(0).reinterpret(8);
          nowhere.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
          yield "alive";
        }
        case "kill" -> {
          Process _ =
              new ProcessBuilder("kill", words[1], Long.toString(ProcessHandle.current().pid()))
                  .start();
          LockSupport.park();
          yield "alive";
        }
        case "exit" -> {
          System.exit(Integer.parseInt(words[1]));
          yield "alive";
        }
        case "heap" -> {
          while (true) {
            kept.add(new byte[1 << 20]);
          }
        }
        case "native" -> {
          grow(words[1]);
          yield words.length > 2 ? sleep() : "done";
        }
        case "grow" -> { // by so many MB, in so many milliseconds
          grow(words[1]);
          Thread.sleep(Long.parseLong(words[2]));
          yield run("pid");
        }
        case "loop" -> {
          note("begin");
          while (true) {
            LockSupport.parkNanos(1); // neither interrupts nor cancel end it
          }
        }
        case "sleep" -> {
          note("begin");
          yield sleep();
        }
        case "wait" -> {
          while (!cancelled) {
            LockSupport.parkNanos(1_000_000);
          }
          yield "cancelled";
        }
        case "print" -> {
          System.out.println("x".repeat(Integer.parseInt(words[1])));
          yield "printed";
        }
        default -> job;
      };
    }

    private static void grow(String megabytes) {
      for (int i = 0; i < Integer.parseInt(megabytes); i++) {
        Arena.global().allocate(1 << 20).fill((byte) 1);
      }
    }

    private static String sleep() throws InterruptedException {
      Thread.sleep(Duration.ofMinutes(1));
      return "slept";
    }

    @Override
    public void cancel() {
      cancelled = true;
      try {
        String _ = run(context.get(IN_CANCEL));
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void ping() {
      cancelled = false;
    }

    @Override
    public void finish() throws Exception {
      note("finish");
      String _ = run(context.get(IN_FINISH));
    }

    @Override
    public void close() throws Exception {
      note("close");
      String _ = run(context.get(IN_CLOSE));
    }
  }
}
