package pool.flink.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the other tests stand on. */
@Timeout(120)
class ClusterIT {

  @ExtendWith(OnCluster.class)
  @Test
  void theWebPageAnswers(Cluster cluster) throws Exception {
    String page = cluster.rest().page("/");
    assertTrue(page.contains("<title>Apache Flink Web Dashboard</title>"), page);
  }

  @ExtendWith(OnCluster.class)
  @EnabledOnOs(OS.LINUX)
  @Test
  void eachTaskManagerHasAnAddressOfItsOwn(Cluster cluster) throws Exception {
    Set<String> addresses = new TreeSet<>();
    List<String> alive = cluster.taskManagers().stream().map(Node::name).toList();
    for (JsonNode each : cluster.rest().get("/taskmanagers").path("taskmanagers")) {
      if (!alive.contains(each.path("id").asText())) {
        continue; // it was killed, and Flink has not missed it yet
      }
      String path = each.path("path").asText(); // scheme://flink@address:port/...
      addresses.add(path.substring(path.indexOf('@') + 1).replaceFirst(":.*", ""));
    }
    assertEquals(OnCluster.TASK_MANAGERS, addresses.size(), addresses::toString);
  }

  @Test
  void aClosedClusterLeavesNoProcessNoPortAndNoFolder(@TempDir Path temporary) throws Exception {
    Path folder = temporary.resolve("cluster");
    Cluster cluster = new Cluster(folder, Artifacts.flink());
    try (cluster) {
      cluster.start(1);
      assertEquals(2, cluster.nodes().size());
      cluster.nodes().forEach(node -> assertTrue(node.isAlive(), node::log));
    }
    cluster.nodes().forEach(node -> assertFalse(node.isAlive(), node::name));
    int port = cluster.rest().address().getPort();
    assertThrows(
        ConnectException.class, () -> new Socket(InetAddress.getLoopbackAddress(), port).close());
    assertFalse(Files.exists(folder));
  }
}
