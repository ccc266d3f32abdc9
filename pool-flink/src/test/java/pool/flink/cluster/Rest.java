package pool.flink.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Flink's REST API, asked over HTTP as any other client would. */
final class Rest implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();

  private final URI address;
  private final HttpClient client = HttpClient.newHttpClient();

  Rest(URI address) {
    this.address = address;
  }

  URI address() {
    return address;
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return JSON.readTree(text(request(path).GET().build()));
  }

  String page(String path) throws IOException, InterruptedException {
    return text(request(path).GET().build());
  }

  void cancel(String job) throws IOException, InterruptedException {
    text(
        request("/jobs/" + job + "?mode=cancel")
            .method("PATCH", HttpRequest.BodyPublishers.noBody())
            .build());
  }

  /** Uploads a program as the web page does, and runs it there; the new Flink job's identifier. */
  String run(Path program, int parallelism, List<String> arguments)
      throws IOException, InterruptedException {
    return run(program, parallelism, arguments, Map.of());
  }

  /** Goes on from a savepoint. */
  String run(Path program, int parallelism, List<String> arguments, String savepoint)
      throws IOException, InterruptedException {
    return run(program, parallelism, arguments, Map.of("savepointPath", savepoint));
  }

  private String run(
      Path program, int parallelism, List<String> arguments, Map<String, String> more)
      throws IOException, InterruptedException {
    String boundary = "program";
    String head =
        "--%s\r\nContent-Disposition: form-data; name=\"jarfile\"; filename=\"%s\"\r\n"
                .formatted(boundary, program.getFileName())
            + "Content-Type: application/x-java-archive\r\n\r\n";
    HttpRequest upload =
        request("/jars/upload")
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .POST(
                HttpRequest.BodyPublishers.concat(
                    HttpRequest.BodyPublishers.ofString(head),
                    HttpRequest.BodyPublishers.ofFile(program),
                    HttpRequest.BodyPublishers.ofString("\r\n--" + boundary + "--\r\n")))
            .build();
    Path file = Path.of(JSON.readTree(text(upload)).path("filename").asText());
    // Before it ends, a run waits for one checkpoint more.
    Map<String, String> settings = Map.of("execution.checkpointing.interval", "500ms");
    Map<String, Object> body = new TreeMap<>(more);
    body.put("programArgsList", arguments);
    body.put("parallelism", parallelism);
    body.put("flinkConfiguration", settings);
    return post("/jars/" + file.getFileName() + "/run", body).path("jobid").asText();
  }

  /** Stops a Flink job, and returns where its savepoint is. */
  String stop(String job, Path savepoints) throws Exception {
    String request =
        post("/jobs/" + job + "/stop", Map.of("targetDirectory", savepoints.toUri().toString()))
            .path("request-id")
            .asText();
    String path = "/jobs/" + job + "/savepoints/" + request;
    Eventually.await(
        Duration.ofSeconds(60),
        () -> get(path).at("/status/id").asText().equals("COMPLETED"),
        () -> "no savepoint");
    JsonNode operation = get(path).path("operation");
    if (!operation.has("location")) {
      throw new IOException("no savepoint: " + operation);
    }
    return operation.path("location").asText();
  }

  private JsonNode post(String path, Object body) throws IOException, InterruptedException {
    return JSON.readTree(
        text(
            request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build()));
  }

  /** Whether the JobManager is there and knows who leads. */
  boolean isReady() throws IOException, InterruptedException {
    try {
      HttpResponse<String> response =
          client.send(request("/overview").GET().build(), HttpResponse.BodyHandlers.ofString());
      return response.statusCode() == 200;
    } catch (ConnectException e) {
      return false;
    }
  }

  /** The names of those that are registered. */
  Set<String> taskManagers() throws IOException, InterruptedException {
    Set<String> names = new TreeSet<>();
    get("/taskmanagers").path("taskmanagers").forEach(it -> names.add(it.path("id").asText()));
    return names;
  }

  String state(String job) throws IOException, InterruptedException {
    return get("/jobs/" + job).path("state").asText();
  }

  /** Whether it has come to an end, good or bad. */
  boolean isOver(String job) throws IOException, InterruptedException {
    return Set.of("FINISHED", "FAILED", "CANCELED").contains(state(job));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(address.resolve(path)).timeout(Duration.ofSeconds(30));
  }

  private String text(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IOException(
          request.method()
              + " "
              + request.uri()
              + ": "
              + response.statusCode()
              + " "
              + response.body());
    }
    return response.body();
  }

  @Override
  public void close() {
    client.close();
  }
}
