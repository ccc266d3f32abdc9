package pool.api.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.RetryLaterException;

class ReasonTest {

  static Stream<Arguments> told() {
    return Stream.of(
        Arguments.of(new IOException("HTTP status 404"), "HTTP status 404"),
        Arguments.of(
            new NoSuchFileException("/no such/file"),
            "java.nio.file.NoSuchFileException: /no such/file"),
        Arguments.of(
            new AccessDeniedException("/root"), "java.nio.file.AccessDeniedException: /root"),
        Arguments.of(
            new DirectoryNotEmptyException("/x"), "java.nio.file.DirectoryNotEmptyException: /x"),
        Arguments.of(new FileSystemException("/x", null, "Too many links"), "/x: Too many links"),
        Arguments.of(
            new NoClassDefFoundError("lib/Lib"), "java.lang.NoClassDefFoundError: lib/Lib"),
        Arguments.of(
            new NoSuchMethodError("'void lib.Lib.go()'"),
            "java.lang.NoSuchMethodError: 'void lib.Lib.go()'"),
        Arguments.of(
            new OutOfMemoryError("Java heap space"), "java.lang.OutOfMemoryError: Java heap space"),
        Arguments.of(new IllegalStateException(""), "java.lang.IllegalStateException"),
        Arguments.of(new IllegalStateException("  \n"), "java.lang.IllegalStateException"),
        Arguments.of(
            new NegativeArraySizeException("-1"), "java.lang.NegativeArraySizeException: -1"),
        Arguments.of(new CancellationException(), "java.util.concurrent.CancellationException"),
        Arguments.of(new UnknownHostException("nowhere"), "java.net.UnknownHostException: nowhere"),
        Arguments.of(
            caused(new ConnectException(), new UnresolvedAddressException()),
            "java.net.ConnectException; caused by java.nio.channels.UnresolvedAddressException"),
        Arguments.of(
            caused(new ConnectException(), new ConnectException("Connection refused")),
            "java.net.ConnectException; caused by Connection refused"),
        Arguments.of(
            new ExecutionException(new UncheckedIOException(new IOException("the disk is full"))),
            "the disk is full"),
        Arguments.of(
            new RetryLaterException(Duration.ZERO, new IOException("HTTP status 503")),
            "HTTP status 503"),
        Arguments.of(
            new RetryLaterException(Duration.ZERO), "nothing was done; run the job again in PT0S"),
        Arguments.of(
            new IOException("cannot read /x", new NoSuchFileException("/x")),
            "cannot read /x; caused by java.nio.file.NoSuchFileException: /x"),
        Arguments.of(
            new IOException("cannot go on: the disk is full", new IOException("the disk is full")),
            "cannot go on: the disk is full"),
        Arguments.of(
            new IOException("no driver for jdbc:x://u:hunter2@h"), "no driver for jdbc:x://***@h"));
  }

  private static Throwable caused(Throwable e, Throwable cause) {
    return e.initCause(cause);
  }

  @ParameterizedTest
  @MethodSource("told")
  void aReasonNamesTheClassUnlessTheMessageIsPlainAndGoesDownTheCauses(
      Throwable failure, String told) {
    assertEquals(told, Reason.of(failure));
  }

  @Test
  void aLogHasTheClassInAnyCase() {
    assertEquals(
        "java.io.IOException: HTTP status 404; caused by java.lang.Error",
        Reason.withClass(new IOException("HTTP status 404", new Error())));
    Throwable cause = new IOException("the disk is full");
    assertEquals(
        "java.lang.RuntimeException: java.io.IOException: the disk is full",
        Reason.withClass(new RuntimeException(cause)));
  }

  private static final class Circle extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Circle(String message) {
      super(message);
    }

    @Override
    public synchronized Throwable getCause() {
      return this;
    }
  }

  @Test
  void causesInACircleAndWithoutEndAreToldOnce() {
    IOException first = new IOException("first of two");
    first.initCause(new IOException("second of two", first));
    assertEquals("first of two; caused by second of two", Reason.of(first));
    assertEquals("round and round", Reason.of(new Circle("round and round")));
    Throwable deep = new IOException("cause number 0");
    for (int i = 1; i < 10_000; i++) {
      deep = new IOException("cause number " + i, deep);
    }
    assertTrue(Reason.of(deep).length() < 1_000, Reason.of(deep));
  }

  private static final class Mute extends RuntimeException {

    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }
  }

  @Test
  void oneThatThrowsWhenItIsAskedIsNamed() {
    assertEquals(Mute.class.getName(), Reason.of(new Mute()));
    assertEquals(Mute.class.getName(), Reason.withClass(new Mute()));
    assertEquals(
        "it broke again; caused by " + Mute.class.getName(),
        Reason.of(new IOException("it broke again", new Mute())));
  }
}
