package pool.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.WorkerFactory;

/** Runs what the guide shows. */
@Timeout(60)
class ShowingTest {

  private final WorkerFactory<String, String> asking =
      WorkerFactory.of(
          "ask", String.class, String.class, _ -> line -> line.toUpperCase(Locale.ROOT));

  @Test
  void aMeterMeasures() {
    List<String> told = new ArrayList<>();
    PoolMeter meter = new PoolMeter();
    var pool = Showing.metered(asking, meter);
    assertEquals("HELLO", pool.submit("hello").join());
    pool.close(); // the meter has been told
    Showing.measured(pool, meter, told::add);
    assertTrue(told.getFirst().startsWith("99 % ran within PT"), told::toString);
    assertTrue(told.getLast().startsWith("hello took PT"), told::toString);
  }

  @Test
  void severalListenersAreTold() {
    AtomicLong progress = new AtomicLong();
    try (var pool = Showing.several(asking, progress)) {
      assertEquals("HELLO", pool.submit("hello").join());
    }
    assertEquals(1, progress.get());
  }

  @Test
  void aPoolIsAnMBean() {
    assertEquals("pool:type=WorkerPool,name=\"orders\"", Showing.jmx(asking));
  }
}
