package pool.process;

import java.time.Duration;
import java.util.Map;
import pool.api.Option;
import pool.api.StandaloneContext;
import pool.api.WorkerContext;

/** The context of a worker in a child, with what the parent's context contained at the opening. */
@SuppressWarnings("try") // closing may be interrupted
final class ChildContext implements WorkerContext, AutoCloseable {

  private final OpenRequest request;
  private final StandaloneContext owner;
  private volatile boolean closing;

  ChildContext(OpenRequest request) {
    this.request = request;
    this.owner = WorkerContext.standalone(request.options());
  }

  @Override
  public String poolName() {
    return request.pool();
  }

  @Override
  public String workerName() {
    return request.worker();
  }

  @Override
  public int index() {
    return request.index();
  }

  @Override
  public <T> T get(Option<T> option) {
    return owner.get(option);
  }

  @Override
  public Map<String, String> options() {
    return owner.options();
  }

  @Override
  public boolean isClosing() {
    return closing;
  }

  void closing() {
    closing = true;
  }

  @Override
  public Duration cancelGrace() {
    return request.cancelGrace();
  }

  @Override
  public <T extends AutoCloseable> T own(T resource) {
    return owner.own(resource);
  }

  @Override
  public void close() throws Exception {
    owner.close();
  }
}
