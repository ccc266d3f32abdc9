package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import pool.codec.RemoteFailure;

class FailuresTest {

  private final Failures failures = new Failures();

  private List<String> causes() {
    return failures.groups().stream().map(group -> group.count + " " + group.cause).toList();
  }

  private void fails(long line, String text, String reason) {
    failures.add(Failure.of(Seen.line(line, text), new IOException(reason)));
  }

  @Test
  void whatDiffersOnlyInTheJobOrInLongNumbersIsOneCause() {
    fails(1, "http://a/1", "http://a/1: no answer from port 51234");
    fails(2, "http://a/2", "http://a/2: no answer from port 51235");
    fails(3, "http://a/3", "HTTP status 404");
    fails(4, "http://a/4", "HTTP status 503");
    fails(5, "http://a/5", "HTTP status 503");
    fails(6, "http://a/6", "HTTP status 503");
    assertEquals(
        List.of(
            "3 IOException: HTTP status 503",
            "2 IOException: …: no answer from port …",
            "1 IOException: HTTP status 404"),
        causes());
  }

  @Test
  void whatWasThrownInAProcessIsOfTheKindThatItHadThere() {
    for (String name : List.of("a.Bad", "a.B$Bad", "a.B$1Bad", "a.B$1")) {
      failures.add(
          Failure.of(Seen.line(1, "x"), new RemoteFailure(name, "no answer from the host", null)));
    }
    assertEquals(
        List.of("3 Bad: no answer from the host", "1 a.B$1: no answer from the host"), causes());
  }

  @Test
  void linesThatMakeNoJobAreOneCause() {
    failures.add(Failure.notAJob(Seen.line(7, "x"), "'x' makes no Integer"));
    failures.add(Failure.notAJob(Seen.line(123, "yy"), "'yy' makes no Integer"));
    assertEquals(List.of("2 no job: '…' makes no Integer"), causes());
    assertEquals(
        "line 7: 'x' makes no Integer", failures.groups().getFirst().examples.getFirst().reason());
  }

  @Test
  void manyCausesAndManyFailuresOfOneAreBounded() {
    for (int i = 0; i < 1_000; i++) {
      fails(i, "job", "x".repeat(i % 100) + " is no answer");
    }
    List<Failures.Group> groups = failures.groups();
    assertEquals(Failures.MOST_CAUSES + 1, groups.size());
    assertEquals("500 other causes", causes().getFirst());
    assertEquals(1_000, groups.stream().mapToLong(group -> group.count).sum());
    assertTrue(groups.stream().allMatch(g -> g.examples.size() == Failures.MOST_EXAMPLES));
  }

  @Test
  void whatIsKeptIsShortAndFitToBeShown() {
    fails(1, "x".repeat(1_000_000), "\u001b[31m\n".repeat(100_000));
    Failures.Group group = failures.groups().getFirst();
    assertTrue(group.cause.codePoints().allMatch(Printable::isPlain), group.cause);
    assertTrue(group.examples.getFirst().text().length() < 1_000);
    assertTrue(group.examples.getFirst().reason().length() < 2_000);
  }
}
