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
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * A session cluster of Flink on loopback: a JobManager and TaskManagers with one slot each, perhaps
 * with another JobManager and a ZooKeeper, every one a JVM of its own, from the plain artifacts on
 * a class path. They end with this object, or with the JVM that it is in.
 */
final class Cluster implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path folder;
  private final List<Path> classPath = new ArrayList<>();
  private final Map<String, String> common;
  private final List<Node> nodes = new CopyOnWriteArrayList<>();
  private volatile Rest rest; // that of the JobManager which leads
  private @Nullable Node zooKeeper;
  private @Nullable Rest standby; // of the JobManager that would
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
      common = new TreeMap<>(Settings.common(rpc.getLocalPort(), web.getLocalPort()));
      rest = new Rest(URI.create("http://127.0.0.1:" + web.getLocalPort()));
    }
  }

  private static ServerSocket anyPort() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  /** Has all processes that start from now on configured so. */
  Cluster with(String setting, String value) {
    common.put(setting, value);
    return this;
  }

  /** Starts a JobManager and as many TaskManagers, and returns when all are registered. */
  Cluster start(int taskManagers) throws Exception {
    startJobManager("jobmanager", rest);
    startTaskManagers(taskManagers);
    return this;
  }

  /** The same with a ZooKeeper that knows who leads, and another JobManager that waits. */
  Cluster startHighlyAvailable(int taskManagers) throws Exception {
    int port;
    try (ServerSocket free = anyPort()) {
      port = free.getLocalPort();
    }
    Path keeper = Files.createDirectories(folder.resolve("zookeeper"));
    Path settings =
        Files.write(
            keeper.resolve("zoo.cfg"),
            List.of(
                "dataDir=" + keeper.resolve("data"),
                "clientPort=" + port,
                "clientPortAddress=127.0.0.1",
                "admin.enableServer=false"));
    start(() ->
        Node.start(
            "zookeeper",
            keeper,
            "org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer",
            classPath,
            "64m",
            List.of("--zkConfigFile", settings.toString(), "--peerId", "1")));
    common.putAll(Settings.highAvailability(folder, port));
    start(taskManagers);
    try (ServerSocket web = anyPort()) {
      standby = new Rest(URI.create("http://127.0.0.1:" + web.getLocalPort()));
    }
    startJobManager("jobmanager-2", standby);
    return this;
  }

  private void startJobManager(String name, Rest its) throws Exception {
    Map<String, String> own = new TreeMap<>(Settings.jobManager());
    own.put("rest.port", Integer.toString(its.address().getPort()));
    Node jobManager =
        start(
            name,
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
            Settings.JOB_HEAP,
            own);
    List<Node> needed = zooKeeper == null ? List.of(jobManager) : List.of(jobManager, zooKeeper);
    await(needed, its::isReady, "no answer from " + its.address());
  }

  /** Kills the JobManager that leads; from now on the other answers. */
  void loseTheJobManager() throws Exception {
    Rest next = Objects.requireNonNull(standby, "started with high availability");
    rest.close();
    rest = next;
    standby = null;
    Node leader =
        nodes.stream().filter(node -> node.name().equals("jobmanager")).findFirst().orElseThrow();
    leader.kill();
    leader.awaitEnd(PATIENCE);
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
              Settings.taskManager(name, Settings.loopback(numbers))));
    }
    List<String> names = started.stream().map(Node::name).toList();
    await(started, () -> rest.taskManagers().containsAll(names), "not registered: " + names);
    return started;
  }

  private Node start(String name, String entryPoint, String heap, Map<String, String> own)
      throws IOException {
    Map<String, String> settings = new TreeMap<>(common);
    settings.putAll(own);
    return start(
        () -> Node.start(name, folder.resolve(name), entryPoint, classPath, heap, settings));
  }

  private interface Start {
    Node node() throws IOException;
  }

  private synchronized Node start(Start start) throws IOException {
    if (closed) {
      throw new IllegalStateException("the cluster is closed");
    }
    Node node = start.node();
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
        () -> otherwise + ":\n" + starting.getFirst().log());
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

  /** Every process that was started, in the order of their start. */
  List<Node> nodes() {
    return List.copyOf(nodes);
  }

  /** The TaskManagers that are alive, in the order of their start. */
  List<Node> taskManagers() {
    return nodes.stream()
        .filter(node -> node.name().startsWith("taskmanager") && node.isAlive())
        .toList();
  }

  /** Ends all processes at once, waits until they are gone, and deletes their folder. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    nodes.forEach(Node::kill);
    nodes.forEach(Node::close);
    rest.close();
    if (standby != null) {
      standby.close();
    }
    Folders.delete(folder);
  }
}
