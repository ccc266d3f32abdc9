package pool.spring;

import org.springframework.beans.factory.aot.BeanRegistrationExcludeFilter;
import org.springframework.beans.factory.support.RegisteredBean;

/**
 * Keeps the pools of the properties out of what is generated ahead of time, since no code can be
 * generated that opens them: {@link PoolRegistrar} defines them when the application starts, as
 * without it.
 */
final class PoolAotFilter implements BeanRegistrationExcludeFilter {

  /** An attribute of their bean definitions. */
  static final String DEFINED_BY_REGISTRAR = PoolRegistrar.class.getName();

  @Override
  public boolean isExcludedFromAotProcessing(RegisteredBean bean) {
    return bean.getMergedBeanDefinition().hasAttribute(DEFINED_BY_REGISTRAR);
  }
}
