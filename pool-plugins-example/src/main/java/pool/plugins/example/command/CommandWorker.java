package pool.plugins.example.command;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;

/** Gives a program one job after the other. */
final class CommandWorker implements Worker<String, Object> {

  private final Conversation conversation;

  CommandWorker(Conversation conversation) {
    this.conversation = conversation;
  }

  @Override
  public @Nullable Object run(String job) throws Exception {
    conversation.ask(0, job);
    Answer answer = conversation.next().answer();
    if (answer instanceof Answer.Result(long _, Object value)) {
      return value;
    }
    throw failure(answer);
  }

  /** Why a job is not done. */
  static Exception failure(Answer answer) {
    return switch (answer) {
      case Answer.Failed(long _, String message) -> new CommandFailedException(message);
      case Answer.Later(long _, Duration delay) -> new RetryLaterException(delay);
      case Answer.Broken(String reason) -> new WorkerBrokenException(reason);
      case Answer.Result _ -> throw new IllegalArgumentException("a result is no failure");
    };
  }

  @Override
  public void ping() throws WorkerBrokenException {
    conversation.requireAlive();
  }

  @Override
  public void close() throws IOException {
    conversation.end();
  }
}
