package pool.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try")
class StandaloneContextTest {

  private static final Option<String> NAME =
      Option.optional("name", text -> text, "none", "a name");

  private final List<String> events = new ArrayList<>();

  private WorkerFactory<String, String> factory(WorkerFactory.Opener<String, String> opener) {
    return WorkerFactory.of("test", String.class, String.class, List.of(NAME), opener);
  }

  @Test
  void aWorkerIsUsedAloneAndClosesWhatItOwns() throws Exception {
    var factory =
        factory(context -> {
          AutoCloseable first = context.own(() -> events.add("first"));
          AutoCloseable second = context.own(() -> events.add("second"));
          return job -> job + " by " + context.get(NAME);
        });
    try (var worker = factory.open(WorkerContext.standalone(Map.of("name", "me")))) {
      assertEquals("done by me", worker.run("done"));
    }
    assertEquals(List.of("second", "first"), events);
  }

  @Test
  void whatAHalfOpenedWorkerOwnsIsClosed() {
    IOException boom = new IOException("boom");
    var factory =
        factory(context -> {
          AutoCloseable owned = context.own(() -> events.add("closed"));
          throw boom;
        });
    assertSame(
        boom,
        assertThrows(IOException.class, () -> factory.open(WorkerContext.standalone()).close()));
    assertEquals(List.of("closed"), events);
  }

  @Test
  void everythingIsClosedThoughSomeFail() {
    IOException first = new IOException("first");
    IOException second = new IOException("second");
    StandaloneContext context = WorkerContext.standalone();
    AutoCloseable a =
        context.own(() -> {
          throw first;
        });
    AutoCloseable b = context.own(() -> events.add("b"));
    AutoCloseable c =
        context.own(() -> {
          throw second;
        });
    var several = assertThrows(IllegalStateException.class, context::close);
    assertSame(second, several.getCause());
    assertSame(first, several.getSuppressed()[0]);
    assertEquals(0, second.getSuppressed().length);
    assertEquals(List.of("b"), events);
  }

  @Test
  void everythingIsClosedThoughTwoFailWithOneException() {
    IOException same = new IOException("one and the same");
    StandaloneContext context = WorkerContext.standalone();
    AutoCloseable a = context.own(() -> events.add("a"));
    for (int i = 0; i < 2; i++) {
      AutoCloseable b =
          context.own(() -> {
            throw same;
          });
    }
    assertSame(same, assertThrows(IOException.class, context::close));
    assertEquals(List.of("a"), events);
  }
}
