package pool.spring;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

/** The types of pools, by which they are injected. */
final class PoolTypes {

  /** A pool of this type is injected where no pool of known types fits. */
  static final ResolvableType UNKNOWN = ResolvableType.forClass(WorkerPool.class);

  private PoolTypes() {}

  static ResolvableType of(Class<?> jobs, Class<?> results) {
    // The type tokens of a factory that was made without any say nothing.
    return jobs == Object.class && results == Object.class
        ? UNKNOWN
        : ResolvableType.forClassWithGenerics(WorkerPool.class, jobs, results);
  }

  /** Uses the declared type of a factory's bean, since the bean has not been made yet. */
  static ResolvableType ofFactoryBean(ConfigurableListableBeanFactory beans, String bean) {
    Class<?> type = beans.getType(bean, false); // makes the definition resolve its type
    ResolvableType factory = ResolvableType.NONE;
    if (beans.containsBeanDefinition(bean)) {
      BeanDefinition definition = beans.getMergedBeanDefinition(bean);
      factory = definition.getResolvableType().as(WorkerFactory.class);
    }
    if (factory.resolve() == null && type != null) {
      factory = ResolvableType.forClass(type).as(WorkerFactory.class);
    }
    return factory.resolve() == null || factory.hasUnresolvableGenerics()
        ? UNKNOWN
        : ResolvableType.forClassWithGenerics(WorkerPool.class, factory.getGenerics());
  }
}
