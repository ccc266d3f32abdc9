package pool.api.internal;

/** A factory whose own class says nothing of whose it is: another object opens its workers. */
public interface Delegating {

  /**
   * What opens the workers.
   *
   * @return another factory, or the opener of one that was made in place
   */
  Object opensBy();
}
