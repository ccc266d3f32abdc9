package pool.plugins.example.command;

import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;

/** Gives a program one job at a time. */
final class CommandWorker implements Worker<String, Object> {

  private final Conversations conversations;

  CommandWorker(Conversations conversations) {
    this.conversations = conversations;
  }

  @Override
  public @Nullable Object run(String job) throws Exception {
    Conversation conversation = conversations.current();
    conversation.ask(0, job);
    Answer answer = conversation.next().answer();
    if (answer instanceof Answer.Result(long _, Object value)) {
      return value;
    }
    throw failure(answer);
  }

  /** Returns the exception for an answer that is not a result. */
  static Exception failure(Answer answer) {
    return switch (answer) {
      case Answer.Failed(long _, String message) -> new CommandFailedException(message);
      case Answer.Later(long _, Duration delay) -> new RetryLaterException(delay);
      case Answer.Result _, Answer.Broken _ ->
          throw new IllegalArgumentException("no failure of a job: " + answer);
    };
  }

  @Override
  public void ping() throws WorkerBrokenException {
    conversations.requireAlive();
  }

  @Override
  public void close() throws IOException {
    conversations.end();
  }
}
