package pool.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.EOFException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import pool.codec.Codec;
import pool.codec.RemoteFailure;
import pool.core.Outcome;

/** Outcomes, and the failures in them. */
class OutcomeCodecTest {
  record Nested(List<Nested> inner) implements Serializable {}

  private static <T> T again(Codec<T> codec, T value) throws IOException {
    return codec.fromBytes(codec.toBytes(value));
  }

  @Test
  void workersWithoutResultsNeedNoCodec() throws IOException {
    OutcomeCodec<String, Void> codec =
        new OutcomeCodec<>(Codec.of(String.class), Codec.of(Void.class));
    Outcome<String, Void> done = new Outcome.Succeeded<>("job", null);

    assertEquals(done, again(codec, done));
  }

  @Test
  void aResultThatCannotBeReadFailsItsJob() throws IOException {
    OutcomeCodec<String, Nested> codec =
        new OutcomeCodec<>(Codec.of(String.class), Codec.of(Nested.class));
    Nested deep = new Nested(List.of());
    for (int i = 0; i < 50; i++) {
      deep = new Nested(List.of(deep));
    }

    var failed =
        assertInstanceOf(Outcome.Failed.class, again(codec, new Outcome.Succeeded<>("job", deep)));

    assertEquals("job", failed.job());
    assertTrue(failed.cause().getMessage().startsWith("the result cannot be read"));
  }

  record Asserting(String text) implements Serializable {

    private Object readResolve() {
      throw new AssertionError(text);
    }
  }

  @Test
  void aResultWhoseClassThrowsAnErrorFailsItsJob() throws IOException {
    OutcomeCodec<String, Asserting> codec =
        new OutcomeCodec<>(Codec.of(String.class), Codec.of(Asserting.class));

    var failed =
        assertInstanceOf(
            Outcome.Failed.class,
            again(codec, new Outcome.Succeeded<>("job", new Asserting("no"))));

    assertEquals("the result cannot be read: no", failed.cause().getMessage());
  }

  @Test
  void eachKindOfOutcomeTravels() throws IOException {
    OutcomeCodec<String, Integer> codec =
        new OutcomeCodec<>(Codec.of(String.class), Codec.of(Integer.class));

    for (Outcome<String, Integer> outcome :
        List.<Outcome<String, Integer>>of(
            new Outcome.Succeeded<>("a", 1),
            new Outcome.Succeeded<>("b", null),
            new Outcome.Cancelled<>("c"),
            new Outcome.NotStarted<>("d"))) {
      assertEquals(outcome, again(codec, outcome));
    }
  }

  @Test
  void aFailureTravelsWithItsCausesWhateverTheyAre() throws IOException {
    OutcomeCodec<String, Integer> codec =
        new OutcomeCodec<>(Codec.of(String.class), Codec.of(Integer.class));
    Exception rude =
        new Exception() {
          private final Thread notSerializable = Thread.currentThread();

          @Override
          public String getMessage() {
            throw new IllegalStateException("no message, " + notSerializable);
          }

          @Override
          public StackTraceElement[] getStackTrace() {
            throw new IllegalStateException("no frames");
          }
        };
    Exception outer = new Exception("m".repeat(50_000), rude);
    outer.addSuppressed(new EOFException());
    Throwable chain = outer;
    for (int i = 0; i < 100; i++) {
      chain = new Exception("at " + i, chain);
    }

    var failed =
        assertInstanceOf(Outcome.Failed.class, again(codec, new Outcome.Failed<>("job", outer)));
    RemoteFailure cause = assertInstanceOf(RemoteFailure.class, failed.cause());
    assertEquals("java.lang.Exception", cause.className());
    assertTrue(cause.toString().endsWith("more)"), "cut, and says so");
    assertEquals(
        outer.getStackTrace()[0].getMethodName(), cause.getStackTrace()[0].getMethodName());
    assertEquals(rude.getClass().getName(), String.valueOf(cause.getCause()));
    assertEquals("java.io.EOFException", cause.getSuppressed()[0].toString());

    byte[] bytes = codec.toBytes(new Outcome.Failed<>("job", chain));
    assertTrue(bytes.length < 500_000);
    assertEquals(bytes.length, codec.toBytes(codec.fromBytes(bytes)).length, "goes on as it came");
  }

  @Test
  void theLargestFailureFitsIntoWhatFlinkCarries() throws IOException {
    String name = "ü".repeat(20_000);
    StackTraceElement[] frames = new StackTraceElement[1_000];
    Arrays.fill(frames, new StackTraceElement(name, name, name, name, name, name, 1));
    Exception largest = null;
    for (int i = 0; i < 20; i++) {
      largest = new Exception(name, largest);
      largest.setStackTrace(frames);
      for (int k = 0; k < 20; k++) {
        largest.addSuppressed(new Exception(name, largest.getCause()));
      }
    }
    OutcomeCodec<String, Integer> codec =
        new OutcomeCodec<>(Codec.of(String.class), Codec.of(Integer.class));

    byte[] bytes = codec.toBytes(new Outcome.Failed<>("job", largest));

    assertTrue(bytes.length < 1_000_000, () -> bytes.length + " bytes");
    assertEquals(bytes.length, codec.toBytes(codec.fromBytes(bytes)).length);
  }
}
