package pool.flink.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A session cluster of Flink on loopback: one JobManager and TaskManagers with one slot each, every
 * one a JVM of its own, from the plain artifacts on a class path. They end with this object, or
 * with the JVM that it is in.
 */
final class Cluster implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final List<Path> classPath = new ArrayList<>();
  private final Map<String, String> common;
  private final List<Node> nodes = new CopyOnWriteArrayList<>();
  private final Rest rest;
  private int numbers; // of TaskManagers, none given twice
  private boolean closed;

  /**
   * Starts nothing yet.
   *
   * @param folder what the processes leave goes there, until the cluster is closed
   * @param flink the class path of Flink
   */
  Cluster(Path folder, List<Path> flink) throws IOException {
    this.folder = Files.createDirectories(folder);
    classPath.add(Jars.jar(folder.resolve("leash.jar"), Map.of(), Leash.class));
    classPath.addAll(flink);
    try (ServerSocket rpc = anyPort();
        ServerSocket web = anyPort()) {
      common = Settings.common(rpc.getLocalPort(), web.getLocalPort());
      rest = new Rest(URI.create("http://127.0.0.1:" + web.getLocalPort()));
    }
  }

  private static ServerSocket anyPort() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  /** Starts a JobManager and as many TaskManagers, and returns when all are registered. */
  Cluster start(int taskManagers) throws Exception {
    Node jobManager =
        start(
            "jobmanager",
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
            Settings.JOB_HEAP,
            Settings.jobManager());
    await(List.of(jobManager), rest::isReady, "no answer from " + rest.address());
    startTaskManagers(taskManagers);
    return this;
  }

  /** Starts further ones with numbers of their own, and waits until they are registered. */
  List<Node> startTaskManagers(int count) throws Exception {
    List<Node> started = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = "taskmanager-" + ++numbers;
      started.add(
          start(
              name,
              "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
              Settings.TASK_HEAP,
              Settings.taskManager(name)));
    }
    List<String> names = started.stream().map(Node::name).toList();
    await(started, () -> rest.taskManagers().containsAll(names), "not registered: " + names);
    return started;
  }

  private synchronized Node start(
      String name, String entryPoint, String heap, Map<String, String> own) throws IOException {
    if (closed) {
      throw new IllegalStateException("the cluster is closed");
    }
    Map<String, String> settings = new TreeMap<>(common);
    settings.putAll(own);
    Node node = Node.start(name, folder.resolve(name), entryPoint, classPath, heap, settings);
    nodes.add(node);
    return node;
  }

  /** Until it holds; an error with its log as soon as one of the processes has ended instead. */
  private static void await(List<Node> starting, Eventually.Condition condition, String otherwise)
      throws Exception {
    Eventually.await(
        PATIENCE,
        () -> {
          for (Node node : starting) {
            if (!node.isAlive()) {
              throw new IllegalStateException(node.name() + " has ended:\n" + node.log());
            }
          }
          return condition.holds();
        },
        () -> otherwise);
  }

  Rest rest() {
    return rest;
  }

  /** What submits to it; the jars travel with each Flink job. */
  StreamExecutionEnvironment environment(List<Path> jars) {
    return StreamExecutionEnvironment.createRemoteEnvironment(
        rest.address().getHost(),
        rest.address().getPort(),
        Configuration.fromMap(common),
        jars.stream().map(Path::toString).toArray(String[]::new));
  }

  /** Every process that was started: the JobManager, then the TaskManagers. */
  List<Node> nodes() {
    return List.copyOf(nodes);
  }

  /** The TaskManagers that are alive, in the order of their start. */
  List<Node> taskManagers() {
    return nodes.stream().skip(1).filter(Node::isAlive).toList();
  }

  /** Ends all processes at once, waits until they are gone, and deletes their folder. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    nodes.forEach(Node::kill);
    nodes.forEach(Node::close);
    rest.close();
    Folders.delete(folder);
  }
}
