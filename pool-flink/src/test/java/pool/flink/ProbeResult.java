package pool.flink;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What came of it. */
public record ProbeResult(int number, String worker, @Nullable Serializable more)
    implements Serializable {}
