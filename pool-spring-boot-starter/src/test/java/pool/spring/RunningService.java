package pool.spring;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The service of these tests as a process, and a client of it. */
final class RunningService implements AutoCloseable {

  private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final Path log;
  private final Process process;
  private final int port;

  /** Started, and accepting. */
  RunningService(Path jar, Path folder, String... properties) throws Exception {
    log = folder.resolve("log");
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED", "-jar"));
    command.add(jar.toString());
    command.add("--server.port=0");
    command.add("--service.folder=" + folder);
    for (String property : properties) {
      command.add("--" + property);
    }
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    Conditions.await(() -> STARTED.matcher(log()).find() || !process.isAlive());
    Matcher started = STARTED.matcher(log());
    if (!started.find()) {
      throw new AssertionError("the service has not started: " + log());
    }
    port = Integer.parseInt(started.group(1));
  }

  String log() throws IOException {
    return Files.readString(log);
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
        .timeout(Duration.ofSeconds(30));
  }

  HttpResponse<String> get(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path) throws Exception {
    return client.send(
        request(path).POST(HttpRequest.BodyPublishers.noBody()).build(), BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> start(String path) {
    return client.sendAsync(request(path).build(), BodyHandlers.ofString());
  }

  /** By a client that has no connection yet. */
  boolean refusesConnections() {
    try (HttpClient fresh = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build()) {
      HttpResponse<String> _ =
          fresh.send(
              request("/actuator/health").timeout(Duration.ofSeconds(1)).build(),
              BodyHandlers.ofString());
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      return false; // it may only be slow
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  int awaitExit() throws InterruptedException {
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      throw new AssertionError("the service does not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    Process _ = process.destroyForcibly();
    process.onExit().join();
    client.shutdownNow();
  }
}
