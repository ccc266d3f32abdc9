package pool.flink.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One cluster for all tests, since its start takes longer than most of them. Each test begins with
 * three TaskManagers: those that an earlier one has killed are replaced.
 */
final class OnCluster implements BeforeEachCallback, ParameterResolver {

  static final int TASK_MANAGERS = 3;

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    Cluster cluster = cluster(context);
    int missing = TASK_MANAGERS - cluster.taskManagers().size();
    if (missing > 0) {
      cluster.startTaskManagers(missing);
    }
  }

  private static Cluster cluster(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(OnCluster.class))
        .computeIfAbsent(Cluster.class, _ -> start(), Cluster.class); // closed with the store
  }

  private static Cluster start() {
    try {
      Path folder = Files.createTempDirectory(Path.of("target"), "cluster-").toAbsolutePath();
      Cluster cluster = new Cluster(folder, Artifacts.flink());
      try {
        return cluster.start(TASK_MANAGERS);
      } catch (Exception e) {
        cluster.close();
        throw e;
      }
    } catch (Exception e) {
      throw new IllegalStateException("the cluster cannot be started", e);
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Cluster.class;
  }

  @Override
  public Cluster resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return cluster(context);
  }
}
