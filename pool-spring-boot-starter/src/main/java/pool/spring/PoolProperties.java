package pool.spring;

import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The pools of an application, as its properties configure them.
 *
 * @param pools The pools to open, by name; each is a bean.
 * @param context What is carried from the submitter of a job to its worker.
 */
@ConfigurationProperties("pool")
record PoolProperties(
    @DefaultValue Map<String, PoolSettings> pools, @DefaultValue Context context) {

  /**
   * What is carried from the submitter of a job to its worker.
   *
   * @param mdc Whether workers have the MDC of the submitter while they run its job.
   */
  record Context(@DefaultValue("true") boolean mdc) {}
}
