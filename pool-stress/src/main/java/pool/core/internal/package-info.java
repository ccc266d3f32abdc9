/**
 * Stress tests: each class lets one pair of steps race, again and again, and says which outcomes
 * may be seen. They lie in the package of the pool itself, on the class path, and so take the place
 * of its threads; a helper in another package is there for what only that package may call.
 *
 * <p>The quick mode belongs to the build, takes about a minute, and fails it when an outcome was
 * seen that is forbidden: {@code ./mvnw verify}, or {@code ./mvnw verify -pl pool-stress -am} with
 * the modules that it needs. {@code -Dquick} and {@code -DskipTests} leave it out.
 *
 * <p>The long mode does the same tests under many ways to compile them and for many more rounds:
 * {@code ./mvnw verify -Pstress -DskipITs -pl pool-stress -am}, in two to three hours on two
 * processors. One test, with the counts of its outcomes, after a build: {@code java -jar
 * pool-stress-*-runnable.jar -r results -v -t RingNextLap}, in the module's {@code target} folder,
 * where the reports are in both modes.
 */
package pool.core.internal;
