import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Writes the image's bill of materials: that of the command line's jar, as far as its libraries are in
 * the image, and the JDK. {@code Bill BOM MODULES IMAGE}
 */
final class Bill {

  private static final ObjectMapper JSON = new ObjectMapper();

  private Bill() {}

  public static void main(String[] args) throws Exception {
    JsonNode bill = JSON.readTree(Path.of(args[0]).toFile());
    Set<String> hashes = hashes(Path.of(args[1]));
    ObjectNode image = (ObjectNode) bill.path("metadata").path("component");
    ArrayNode components = (ArrayNode) bill.path("components");
    for (Iterator<JsonNode> all = components.iterator(); all.hasNext(); ) {
      if (!isAmong(hashes, all.next())) {
        all.remove();
      }
    }
    components.add(image.deepCopy()); // the jar is a part of what it is the bill of now
    image.put("type", "application").put("name", "pool-image").put("bom-ref", "pool-image");
    image.remove(List.of("purl", "hashes"));
    components.add(jdk());
    JSON.writerWithDefaultPrettyPrinter().writeValue(Path.of(args[2], "cyclonedx.json").toFile(), bill);
  }

  private static ObjectNode jdk() {
    Runtime.Version version = Runtime.version();
    String number =
        String.join(".", version.version().stream().map(String::valueOf).toList());
    return JSON.createObjectNode()
        .put("type", "platform")
        .put("bom-ref", "jdk")
        .put("publisher", System.getProperty("java.vendor"))
        .put("name", "openjdk")
        .put("version", version.toString())
        .put("cpe", "cpe:2.3:a:oracle:openjdk:" + number + ":*:*:*:*:*:*:*")
        .put("purl", "pkg:generic/openjdk@" + number);
  }

  private static boolean isAmong(Set<String> hashes, JsonNode component) {
    for (JsonNode hash : component.path("hashes")) {
      if (hashes.contains(hash.path("content").asText())) {
        return true;
      }
    }
    return false;
  }

  private static Set<String> hashes(Path folder) throws Exception {
    Set<String> hashes = new HashSet<>();
    try (Stream<Path> jars = Files.list(folder)) {
      for (Path jar : (Iterable<Path>) jars::iterator) {
        hashes.add(hash(jar));
      }
    }
    return hashes;
  }

  private static String hash(Path jar) throws Exception {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar)));
  }
}
