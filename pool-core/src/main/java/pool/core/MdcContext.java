package pool.core;

import java.util.HashMap;
import java.util.Map;
import org.slf4j.MDC;

/** Carries SLF4J's MDC from the submitter to the worker. */
final class MdcContext implements JobContext {

  static final MdcContext INSTANCE = new MdcContext();

  private static final String WORKER = "worker"; // the worker's own

  private MdcContext() {}

  @Override
  public Scope capture() {
    Map<String, String> ofSubmitter = copy();
    return body -> {
      Map<String, String> before = copy();
      Map<String, String> inside = new HashMap<>(ofSubmitter);
      if (before.containsKey(WORKER)) {
        inside.put(WORKER, before.get(WORKER));
      }
      MDC.setContextMap(inside);
      try {
        body.run();
      } finally {
        MDC.setContextMap(before);
      }
    };
  }

  private static Map<String, String> copy() {
    Map<String, String> map = MDC.getCopyOfContextMap();
    return map == null ? Map.of() : map;
  }
}
