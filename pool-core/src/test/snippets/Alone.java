import java.util.Map;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.WorkerFactories;

public class Alone {
  public static void main(String[] args) throws Exception {
    String port = args[0];
    WorkerFactory<String, String> factory =
        WorkerFactories.load().factory("ask", String.class, String.class);
    // @start region="alone"
    try (var context = WorkerContext.standalone(Map.of("port", port));
        Worker<String, String> worker = factory.open(context)) {
      System.out.println(worker.run("hello"));
    }
    // @end
  }
}
