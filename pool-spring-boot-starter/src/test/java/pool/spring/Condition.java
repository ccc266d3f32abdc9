package pool.spring;

/** Something that is to become true. */
interface Condition {

  boolean holds() throws Exception;
}
