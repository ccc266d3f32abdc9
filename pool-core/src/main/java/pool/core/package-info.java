/**
 * Pools of workers that each own a resource. Five types matter:
 *
 * <ul>
 *   <li>{@link pool.core.WorkerPool} runs jobs: {@code map}, {@code submit}, {@code call}, streams.
 *   <li>{@link pool.core.WorkerPool.Builder} sets how many workers there are, on which threads they
 *       live, and which limits hold.
 *   <li>{@link pool.core.Outcome} says how one job ended.
 *   <li>{@link pool.core.PoolStats} shows what the pool is doing.
 *   <li>{@link pool.core.CloseReport} says how the whole pool ended, and what was lost.
 * </ul>
 *
 * {@snippet :
 * WorkerFactory<String, String> digests =
 *     WorkerFactory.of("digest", String.class, String.class, context -> {
 *       MessageDigest sha256 = MessageDigest.getInstance("SHA-256"); // opened once for each worker
 *       return text -> HexFormat.of().formatHex(sha256.digest(text.getBytes()));
 *     });
 * try (WorkerPool<String, String> pool = WorkerPool.of(digests).workers(4).open()) {
 *   System.out.println(pool.map(List.of("one", "two", "three"))); // in order
 *   pool.submit("four").thenAccept(System.out::println); // a CompletableFuture
 * } // drains, joins, closes every worker
 * }
 *
 * <p>{@link pool.core.WorkerFactories} finds the factories that plugins provide. A {@link
 * pool.core.PoolListener} receives the events of a pool; the JDK Flight Recorder can record them.
 * Every exception of this package is unchecked, and its message says what to do.
 *
 * <p>Unless the documentation says otherwise, arguments and results are not null.
 *
 * <p><b>Memory.</b> What a thread does before it submits a job happens before the job's run. What a
 * run does happens before a thread sees the job's future done, or its bulk call return. What a
 * worker's {@code open} does happens before {@code WorkerPool.Builder.open} returns; what its
 * {@code close} does, unless the worker was abandoned, happens before the pool's {@code close}
 * returns.
 */
package pool.core;
