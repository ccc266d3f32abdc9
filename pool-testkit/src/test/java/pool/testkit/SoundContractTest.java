package pool.testkit;

/** A factory made in place. */
class SoundContractTest extends SoundContract {}
