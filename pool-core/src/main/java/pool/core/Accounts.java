package pool.core;

/**
 * The counts of a pool's jobs, kept under the pool's lock, so that they add up whenever they are
 * seen: {@code submitted = queued + running + settled}.
 */
final class Accounts {

  private long submitted;
  private long running;
  private long succeeded;
  private long failed;
  private long cancelled;
  private long returned;

  void submitted(int jobs) {
    submitted += jobs;
  }

  void started() {
    running++;
  }

  void settled(Settlement how, boolean wasRunning) {
    if (wasRunning) {
      running--;
    }
    switch (how) {
      case SUCCEEDED -> succeeded++;
      case FAILED -> failed++;
      case CANCELLED -> cancelled++;
      case RETURNED -> returned++;
    }
  }

  void returned(int jobs) {
    returned += jobs;
  }

  long unsettled() {
    return submitted - succeeded - failed - cancelled - returned;
  }

  long submitted() {
    return submitted;
  }

  long queued() {
    return unsettled() - running;
  }

  long running() {
    return running;
  }

  long succeeded() {
    return succeeded;
  }

  long failed() {
    return failed;
  }

  long cancelled() {
    return cancelled;
  }

  long returned() {
    return returned;
  }
}
