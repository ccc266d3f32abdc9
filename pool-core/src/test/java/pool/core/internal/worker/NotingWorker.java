package pool.core.internal.worker;

import java.util.ArrayList;
import java.util.List;
import pool.api.Worker;

/** Notes how it is called, with the interrupt flag that it finds, and does what a test wants. */
@SuppressWarnings("try") // no test uses it as a resource
final class NotingWorker implements Worker<String, String> {

  /** What a test does in a call. */
  @FunctionalInterface
  interface Hook {
    void run() throws Exception;
  }

  private static final int MOST_CALLS = 100;

  /** What was called, in order; others may note themselves here, too. */
  final List<String> calls = new ArrayList<>();

  /** What ends a test that would go on for ever. */
  Runnable onTooMany = () -> {};

  Hook onRun = () -> {};
  Hook onPing = () -> {};
  Hook onFinish = () -> {};
  Hook onClose = () -> {};
  Hook onCloseOfOwned = () -> {};

  void note(String call) {
    if (calls.size() > MOST_CALLS) {
      onTooMany.run();
    }
    calls.add(Thread.currentThread().isInterrupted() ? call + ", interrupted" : call);
  }

  /** A resource for the worker to own. */
  AutoCloseable owned() {
    return () -> call("close owned", onCloseOfOwned);
  }

  private void call(String name, Hook hook) throws Exception {
    note(name);
    hook.run();
  }

  @Override
  public String run(String job) throws Exception {
    call("run " + job, onRun);
    return job;
  }

  @Override
  public void ping() throws Exception {
    call("ping", onPing);
  }

  @Override
  public void finish() throws Exception {
    call("finish", onFinish);
  }

  @Override
  public void cancel() {
    note("cancel");
  }

  @Override
  public void close() throws Exception {
    call("close", onClose);
  }
}
