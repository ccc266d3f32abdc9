package pool.flink.cluster;

import java.nio.file.Path;
import java.util.Map;

/**
 * How the processes are configured. Every size is set: nothing depends on the machine, and the
 * start scripts that would work them out are not there.
 */
final class Settings {

  /** Of a TaskManager's JVM: the sum of its framework and task heap. */
  static final String TASK_HEAP = "320m";

  static final String JOB_HEAP = "256m";

  private Settings() {}

  /** What all of them and their clients are told. */
  static Map<String, String> common(int rpcPort, int restPort) {
    return Map.of(
        "jobmanager.rpc.address", "127.0.0.1",
        "jobmanager.rpc.port", Integer.toString(rpcPort),
        "rest.address", "127.0.0.1",
        "rest.port", Integer.toString(restPort),
        // a lost process is noticed after seconds instead of most of a minute
        "heartbeat.interval", "500ms",
        "heartbeat.timeout", "5s");
  }

  /** What JobManagers and TaskManagers need so that another JobManager can take over. */
  static Map<String, String> highAvailability(Path folder, int zooKeeperPort) {
    return Map.of(
        "high-availability.type",
        "zookeeper",
        "high-availability.storageDir",
        folder.resolve("leader").toUri().toString(),
        "high-availability.zookeeper.quorum",
        "127.0.0.1:" + zooKeeperPort,
        // a lost leader is noticed after seconds instead of a minute
        "high-availability.zookeeper.client.session-timeout",
        "4s",
        "execution.checkpointing.dir",
        folder.resolve("checkpoints").toUri().toString());
  }

  static Map<String, String> jobManager() {
    return Map.of(
        "jobmanager.bind-host", "127.0.0.1",
        "rest.bind-address", "127.0.0.1",
        "blob.server.port", "0",
        "metrics.internal.query-service.port", "0",
        "jobmanager.memory.heap.size", JOB_HEAP,
        "jobmanager.memory.off-heap.size", "64m",
        "jobmanager.memory.jvm-metaspace.size", "128m",
        "jobmanager.memory.jvm-overhead.min", "64m",
        "jobmanager.memory.jvm-overhead.max", "64m");
  }

  /** An address for each, as each machine of a cluster has; only Linux has more than one. */
  static String loopback(int number) {
    return "127.0.0." + (System.getProperty("os.name").equals("Linux") ? 1 + number : 1);
  }

  static Map<String, String> taskManager(String name, String address) {
    return Map.ofEntries(
        Map.entry("taskmanager.resource-id", name),
        Map.entry("taskmanager.host", address),
        Map.entry("taskmanager.bind-host", address),
        Map.entry("metrics.internal.query-service.port", "0"),
        Map.entry("taskmanager.numberOfTaskSlots", "1"),
        Map.entry("taskmanager.cpu.cores", "1"),
        Map.entry("taskmanager.memory.framework.heap.size", "128m"),
        Map.entry("taskmanager.memory.task.heap.size", "192m"),
        Map.entry("taskmanager.memory.framework.off-heap.size", "64m"),
        Map.entry("taskmanager.memory.task.off-heap.size", "0m"),
        Map.entry("taskmanager.memory.managed.size", "0m"),
        Map.entry("taskmanager.memory.network.min", "32m"),
        Map.entry("taskmanager.memory.network.max", "32m"),
        Map.entry("taskmanager.memory.jvm-metaspace.size", "128m"),
        Map.entry("taskmanager.memory.jvm-overhead.min", "64m"),
        Map.entry("taskmanager.memory.jvm-overhead.max", "64m"));
  }
}
