// @start region="digests"
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

public class Digests {
  public static void main(String[] args) {
    WorkerFactory<String, String> digests =
        WorkerFactory.of("digest", String.class, String.class, context -> {
          MessageDigest sha256 = MessageDigest.getInstance("SHA-256"); // opened once for each worker
          return text -> HexFormat.of().formatHex(sha256.digest(text.getBytes()));
        });
    try (WorkerPool<String, String> pool = WorkerPool.of(digests).workers(4).open()) {
      System.out.println(pool.map(List.of("one", "two", "three"))); // in order
      pool.submit("four").thenAccept(System.out::println);          // a CompletableFuture
    } // drains, joins, closes every worker
  }
}
// @end
