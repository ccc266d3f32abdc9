// @start region="digests"
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

void main() {
  var digests = WorkerFactory.of("digest", String.class, String.class, context -> {
    var sha256 = MessageDigest.getInstance("SHA-256"); // opened once for each worker
    return text -> HexFormat.of().formatHex(sha256.digest(text.getBytes()));
  });
  try (var pool = WorkerPool.of(digests).workers(4).open()) {
    IO.println(pool.map(List.of("one", "two", "three"))); // in order
    pool.submit("four").thenAccept(IO::println); // a CompletableFuture
  } // drains, joins, closes every worker
}
// @end
