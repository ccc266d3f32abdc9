package pool.plugins.example.command;

import java.io.IOException;
import java.util.List;
import pool.api.BatchWorker;
import pool.api.WorkerBrokenException;

/** Sends a program the next jobs before it has answered the first. */
final class PipelinedWorker implements BatchWorker<String, Object> {

  private final Conversations conversations;
  private final int most; // under way

  PipelinedWorker(Conversations conversations, int most) {
    this.conversations = conversations;
    this.most = most;
  }

  @Override
  public void runAll(List<String> jobs, Results<Object> results) throws Exception {
    Conversation conversation = conversations.current();
    try {
      converse(conversation, jobs, results);
    } finally {
      if (conversation.underWay() > 0) { // their answers would be taken for those of other jobs
        conversation.giveUp();
      }
    }
  }

  private void converse(Conversation conversation, List<String> jobs, Results<Object> results)
      throws WorkerBrokenException {
    int next = 0;
    while (next < jobs.size() || conversation.underWay() > 0) {
      if (next < jobs.size() && conversation.underWay() < most) {
        ask(conversation, next, jobs.get(next), results);
        next++;
      } else {
        tell(conversation.next(), results);
      }
    }
  }

  private static void ask(Conversation conversation, int index, String job, Results<Object> results)
      throws WorkerBrokenException {
    try {
      conversation.ask(index, job);
    } catch (IllegalArgumentException e) {
      results.failed(index, e); // only this job fails
    }
  }

  private static void tell(Conversation.Answered answered, Results<Object> results) {
    if (answered.answer() instanceof Answer.Result(long _, Object value)) {
      results.succeeded(answered.index(), value);
    } else {
      results.failed(answered.index(), CommandWorker.failure(answered.answer()));
    }
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
