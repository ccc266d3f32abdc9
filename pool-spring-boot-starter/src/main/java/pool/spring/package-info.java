/**
 * Pools in a Spring Boot application. To read the code as a story:
 *
 * <ul>
 *   <li>{@link pool.spring.PoolAutoConfiguration} wires what follows.
 *   <li>{@code PoolRegistrar} reads the properties ({@code PoolSettings}), has {@code
 *       PoolFactories} look for the factory of each pool, and defines a bean, {@code
 *       ConfiguredPool}, which opens the pool when it is made. A {@link
 *       pool.spring.PoolBuilderConfigurer} sets on its builder what all pools have in common,
 *       {@link pool.spring.PoolBuilderCustomizer}s the rest.
 *   <li>{@code Pools} knows all pools that are beans, whoever opened them. {@code PoolLifecycle}
 *       has {@code PoolClosing} close them after the web server.
 *   <li>{@code PoolsHealthContributor}, {@code PoolsEndpoint} and {@code PoolMeters} show them if
 *       the application has what they need; {@code PoolObservationAutoConfiguration} traces jobs.
 *   <li>A {@code PoolConfigurationException} says which property is wrong, and what would be right;
 *       the analyzers report it without a stack trace.
 * </ul>
 */
@NullMarked
package pool.spring;

import org.jspecify.annotations.NullMarked;
