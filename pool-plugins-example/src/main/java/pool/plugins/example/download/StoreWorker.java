package pool.plugins.example.download;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.Comparator;
import java.util.List;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;

/**
 * Writes, in one transaction, all changes that arrived during the last commit. Reports a change
 * when it is committed.
 */
@SuppressWarnings("try") // close() may be interrupted
final class StoreWorker implements BatchWorker<Change, Integer> {

  private final Session session;
  private final Store store;

  StoreWorker(WorkerContext context, String url) throws SQLException, WorkerBrokenException {
    this.session = context.own(Session.ofStore(url));
    this.store = new Store(session);
  }

  /** Writes a batch; the result is the number of changes in the transaction. */
  @Override
  public void runAll(List<Change> changes, Results<Integer> results)
      throws SQLException, WorkerBrokenException, BatchRolledBackException {
    try {
      session.inTransaction(() -> applyAll(changes));
    } catch (SQLException e) {
      session.requireAlive(e);
      if (e instanceof SQLTransientException) {
        throw e; // each change alone would wait as long
      }
      throw new BatchRolledBackException(e);
    }
    for (int i = 0; i < changes.size(); i++) {
      results.succeeded(i, changes.size());
    }
  }

  /** Applies changes in the same order as all programs, or they might wait for each other. */
  private int applyAll(List<Change> changes) throws SQLException {
    for (Change change : changes.stream().sorted(Comparator.comparing(Change::uri)).toList()) {
      store.apply(change);
    }
    return changes.size();
  }

  /** Called when nobody waits any longer, or the server has not answered for minutes. */
  @Override
  public void cancel() {
    session.abort();
  }

  @Override
  public void ping() throws WorkerBrokenException {
    session.ping();
  }
}
