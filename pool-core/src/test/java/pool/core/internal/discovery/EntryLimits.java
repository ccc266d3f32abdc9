package pool.core.internal.discovery;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.provider.CsvSource;

/** Entries of a jar that are read, and how many bytes of each at most. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@CsvSource({
  "META-INF/services/pool.api.WorkerFactory, 1000000",
  "META-INF/services/java.sql.Driver, 1000000",
  "META-INF/MANIFEST.MF, 4000000",
  "meta-inf/Manifest.mf, 4000000",
  "module-info.class, 500000",
  "META-INF/versions/25/module-info.class, 500000",
  "huge/Huge.class, 20000000"
})
public @interface EntryLimits {}
