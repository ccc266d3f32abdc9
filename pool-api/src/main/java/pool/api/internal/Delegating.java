package pool.api.internal;

/** A factory whose own class says nothing of whose it is: another object opens its workers. */
public interface Delegating {

  /**
   * What opens the workers.
   *
   * @return another factory, or the opener of one that was made in place
   */
  Object opensBy();

  /**
   * What opens the workers of a factory, however often it is wrapped.
   *
   * @param factory any factory
   * @return the factory itself, unless another object does
   */
  static Object openerOf(Object factory) {
    Object opener = factory;
    while (opener instanceof Delegating delegating) {
      opener = delegating.opensBy();
    }
    return opener;
  }
}
