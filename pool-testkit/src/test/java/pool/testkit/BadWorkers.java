package pool.testkit;

import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;

/** Contracts of factories whose workers have one fault each. */
final class BadWorkers {

  private BadWorkers() {}

  static final class ForgetsTheSixthOfABatch extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      return new SoundBatchContractTest.Together(context) {
        @Override
        public void runAll(List<String> jobs, Results<String> results) throws Exception {
          super.runAll(jobs.subList(0, Math.min(5, jobs.size())), results);
        }
      };
    }
  }

  static final class FailsAllForOneOfABatch extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      return new SoundBatchContractTest.Together(context) {
        @Override
        public void runAll(List<String> jobs, Results<String> results) throws Exception {
          List<String> done = new ArrayList<>();
          for (String job : jobs) {
            done.add(run(job));
          }
          for (int i = 0; i < jobs.size(); i++) {
            results.succeeded(i, done.get(i));
          }
        }
      };
    }
  }

  /** Starts a thread that only the clean-up ends. */
  private static void startThread(Thread.Builder builder) {
    CountDownLatch end = new CountDownLatch(1);
    Thread thread =
        builder.start(() -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    LeftOpen.add(() -> {
      end.countDown();
      thread.join();
    });
  }

  static final class LeaksAThread extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      startThread(Thread.ofPlatform().daemon().name("heartbeat"));
      return new Sound(context);
    }

    @Override
    public Duration bound() {
      return Duration.ofSeconds(1);
    }
  }

  static final class LeaksAVirtualThread extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      startThread(Thread.ofVirtual().name("heartbeat"));
      return new Sound(context);
    }

    @Override
    public Duration bound() {
      return Duration.ofSeconds(1);
    }
  }

  static final class LeaksAFile extends SoundContract {
    @Override
    Sound open(WorkerContext context) throws Exception {
      Path file = Files.createTempFile("leaked", ".log");
      FileChannel channel = FileChannel.open(file);
      LeftOpen.add(() -> {
        channel.close();
        Files.delete(file);
      });
      return new Sound(context);
    }

    @Override
    public Duration bound() {
      return Duration.ofSeconds(1);
    }
  }

  static final class ForgetsAFile extends SoundContract {

    private static final AtomicBoolean COLLECTING = new AtomicBoolean();

    @Override
    Sound open(WorkerContext context) throws Exception {
      Path file = Files.createTempFile("forgotten", ".log");
      LeftOpen.add(() -> Files.delete(file));
      FileChannel _ = FileChannel.open(file); // nothing refers to it
      if (COLLECTING.compareAndSet(false, true)) {
        Thread _ = Thread.startVirtualThread(ForgetsAFile::collect);
      }
      return new Sound(context);
    }

    /** Later than the first look for the file, and long before the last. */
    private static void collect() {
      LockSupport.parkNanos(200_000_000);
      System.gc();
      COLLECTING.set(false);
    }
  }

  static final class DiffersFromWorkerToWorker extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      return new Sound(context) {
        @Override
        public String run(String job) throws Exception {
          return super.run(job) + context.index();
        }
      };
    }
  }

  static final class DiesOfAFailedJob extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      return new Sound(context) {
        private boolean isDead;

        @Override
        public @Nullable String run(String job) throws Exception {
          if (isDead) {
            throw new IllegalStateException("in a transaction that was aborted");
          }
          isDead = job.isEmpty();
          return super.run(job);
        }
      };
    }
  }

  static final class TakesAFailedJobForABreak extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      return new Sound(context) {
        @Override
        public @Nullable String run(String job) throws Exception {
          try {
            return super.run(job);
          } catch (IllegalArgumentException e) {
            throw new WorkerBrokenException("an empty job", e);
          }
        }
      };
    }
  }

  static final class DoesNotFail extends SoundContract {
    @Override
    public List<String> failing() {
      return List.of("three");
    }
  }

  static final class IgnoresThatItIsStopped extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      return new Sound(context) {
        @Override
        public @Nullable String run(String job) throws Exception {
          CountDownLatch end = new CountDownLatch(1);
          LeftOpen.add(end::countDown);
          while (job.equals("slow") && end.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
          }
          return super.run(job);
        }
      };
    }

    @Override
    public Duration bound() {
      return Duration.ofSeconds(1);
    }
  }

  static final class CannotCancel extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      return new Sound(context) {
        @Override
        public void cancel() {
          throw new UnsupportedOperationException("cancel");
        }
      };
    }
  }

  static final class IsNotSlow extends SoundContract {
    @Override
    public String slow() {
      return "quick";
    }
  }

  static final class KeepsThatItBroke extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      return new Sound(context) {
        @Override
        public @Nullable String run(String job) throws Exception {
          try {
            return super.run(job);
          } catch (WorkerBrokenException e) {
            return "";
          }
        }
      };
    }
  }

  static final class TakesABreakForAFailedJob extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      return new Sound(context) {
        @Override
        public @Nullable String run(String job) throws Exception {
          try {
            return super.run(job);
          } catch (WorkerBrokenException e) {
            throw new IllegalStateException("no connection", e);
          }
        }
      };
    }
  }

  static final class ClosesBadlyAfterAFailedJob extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      return new Sound(context) {
        private boolean hasFailed;

        @Override
        public @Nullable String run(String job) throws Exception {
          hasFailed = job.isEmpty();
          return super.run(job);
        }

        @Override
        public void close() {
          if (hasFailed) {
            throw new IllegalStateException("nothing to commit");
          }
        }
      };
    }
  }

  static final class ClosesInFinish extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      return new Sound(context) {
        private boolean isClosed;

        @Override
        public void finish() {
          close();
        }

        @Override
        public void close() {
          if (isClosed) {
            throw new IllegalStateException("already closed");
          }
          isClosed = true;
        }
      };
    }
  }

  static final class FailsToFinishBesideAnother extends SoundContract {
    @Override
    Sound open(WorkerContext context) {
      return new Sound(context) {
        @Override
        public void finish() {
          if (context.index() > 0) {
            throw new IllegalStateException("the index is locked");
          }
        }
      };
    }
  }
}
