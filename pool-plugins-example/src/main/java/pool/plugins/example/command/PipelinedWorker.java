package pool.plugins.example.command;

import java.io.IOException;
import java.util.List;
import pool.api.BatchWorker;
import pool.api.WorkerBrokenException;

/** Gives a program the next jobs before it has answered the first. */
final class PipelinedWorker implements BatchWorker<String, Object> {

  private final Conversation conversation;
  private final int most; // under way

  PipelinedWorker(Conversation conversation, int most) {
    this.conversation = conversation;
    this.most = most;
  }

  @Override
  public void runAll(List<String> jobs, Results<Object> results) throws Exception {
    int next = 0;
    while (next < jobs.size() || conversation.underWay() > 0) {
      if (next < jobs.size() && conversation.underWay() < most) {
        ask(next, jobs.get(next), results);
        next++;
      } else {
        tell(conversation.next(), results);
      }
    }
  }

  private void ask(int index, String job, Results<Object> results) throws WorkerBrokenException {
    try {
      conversation.ask(index, job);
    } catch (IllegalArgumentException e) {
      results.failed(index, e); // alone
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
    conversation.requireAlive();
  }

  @Override
  public void close() throws IOException {
    conversation.end();
  }
}
