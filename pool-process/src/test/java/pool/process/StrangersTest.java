package pool.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;

/** Whoever calls without the token is nobody's child, and a child that lies is killed. */
@Timeout(120)
@SuppressWarnings("try")
class StrangersTest {

  @TempDir Path home;

  @BeforeEach
  void requireUnix() {
    Assumptions.assumeFalse(System.getProperty("os.name").startsWith("Windows"));
  }

  /** Runs a stranger instead of Java, which lets Java run after it. */
  private ProcessFactory<String, String> after(String stranger) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Path script = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(
        script,
        "#!/bin/sh\nexec '%s' -XX:TieredStopAtLevel=1 -cp '%s' %s %s '%s' \"$@\"\n"
            .formatted(
                java,
                System.getProperty("java.class.path"),
                Stranger.class.getName(),
                stranger,
                java));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return ProcessFactory.of(TroubleFactory.class).javaHome(home);
  }

  @Test
  void whoeverCallsWithoutTheTokenIsNotTheChild() throws Exception {
    try (var worker = after("knocks").open(WorkerContext.standalone())) {
      assertEquals("works", worker.run("works"));
    }
  }

  @Test
  void aChildOfAnotherVersionIsRefused() throws Exception {
    ProcessFactory<String, String> factory = after("is-old");
    Exception refused =
        assertThrows(Exception.class, () -> factory.open(WorkerContext.standalone()));
    assertEquals(
        "the child has version %d of pool-process's messages, its parent %d"
            .formatted(Message.VERSION + 1, Message.VERSION),
        refused.getMessage());
    assertEquals(0, ProcessHandle.current().children().count());
  }

  @Test
  void aFrameThatLiesAboutItsLengthEndsTheProcess() throws Exception {
    ProcessFactory<String, String> factory = after("lies");
    WorkerBrokenException broken =
        assertThrows(WorkerBrokenException.class, () -> factory.open(WorkerContext.standalone()));
    String claim = "a message claims to have %d bytes".formatted(Integer.MAX_VALUE);
    assertTrue(broken.getMessage().contains(claim), broken::getMessage);
    assertEquals(new ProcessCounts(1, 0, 1), factory.counts());
    assertEquals(0, ProcessHandle.current().children().count());
  }

  @Test
  void anotherUserDoesNotReachTheSocket() throws Exception {
    ProcessFactory<String, String> factory = after("looks");
    List<String> seen;
    try (var worker = factory.open(WorkerContext.standalone())) {
      WorkerBrokenException ended =
          assertThrows(WorkerBrokenException.class, () -> worker.run("exit 7"));
      seen = List.of(ended.getMessage().split("; its last lines: ")[1].split(" \\| | \\("));
    }
    assertEquals("permissions rwx------", seen.getFirst());
    if (Files.getAttribute(home, "unix:uid").equals(0)) {
      assertEquals(List.of("user 0 sees it", "user 65534 sees nothing"), seen.subList(1, 3));
    }
  }
}
