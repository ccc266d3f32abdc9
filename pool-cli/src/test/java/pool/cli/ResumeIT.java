package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pool.cli.Image.Ended;

/** {@code pool run --resume}, {@code --sync} and {@code pool check}, as an operator types them. */
@Timeout(180)
class ResumeIT {

  private static final String TEN = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n";
  private static final String RUN = "run note --output outcomes ";

  @TempDir Path folder;

  private Ended pool(String input, String command) throws Exception {
    return new Image(folder).run(input, command.strip().split(" +"));
  }

  private List<String> outcomes() throws Exception {
    return Files.readAllLines(folder.resolve("outcomes")).stream()
        .map(Json::object)
        .map(each -> each.get("line") + " " + each.get("outcome"))
        .sorted()
        .toList();
  }

  @Test
  void runsThatAreKilledAtRandomMomentsAddUpToOneSuccessForEachLine() throws Exception {
    CrashRound.Result result = new CrashRound(folder, new Random()).play(25);
    assertTrue(result.kills() >= 20, result::toString);
    Ended check = pool("", "check out --input in");
    assertEquals(0, check.status(), check::toString);
    assertTrue(check.out().contains("succeeded   20000"), check::toString);
  }

  @Test
  void aRunThatFailsGoesOnFromStandardInputAndFromAFile() throws Exception {
    Ended failed = pool("1\n2\nx\n4\n", RUN + "--keep-going");
    assertEquals(1, failed.status(), failed::toString);
    Ended piped = pool("1\n2\nx\n4\n5\n", RUN + "--resume");
    assertEquals(1, piped.count("^resumed: 3 had succeeded, 1 failed$"), piped::toString);
    assertEquals(1, piped.count("^finished: 1 succeeded, 0 failed"), piped::toString);
    assertEquals(1, piped.status(), "a line has failed");
    Files.writeString(folder.resolve("in"), "1\n2\nx\n4\n5\n6\n");
    Ended read = pool("", RUN + "--resume --retry-failed --keep-going --input in");
    assertEquals(1, read.count("^finished: 1 succeeded, 1 failed"), read::toString);
    assertEquals(
        List.of(
            "1 succeeded",
            "2 succeeded",
            "3 failed",
            "3 failed",
            "4 succeeded",
            "5 succeeded",
            "6 succeeded"),
        outcomes());
  }

  @Test
  void theInputMayComeByAFifoAgain() throws Exception {
    String run = "$POOL run note --input f --output outcomes --resume 2>log & cat in > f; wait $!";
    Files.writeString(folder.resolve("in"), "1\n2\n3\n");
    Shell shell = new Shell(folder);
    assertEquals(0, shell.run("mkfifo f; " + run).status());
    Files.writeString(folder.resolve("in"), TEN);
    assertEquals(0, shell.run(run).status());
    assertEquals(10, outcomes().size());
    Files.writeString(folder.resolve("in"), TEN.replace("4", "four"));
    assertEquals(1, shell.run(run).status());
    assertEquals(
        List.of(
            "pool: the input has changed: line 4 is not what it was when its outcome was written"),
        shell.lines("log").stream().filter(line -> line.startsWith("pool:")).toList());
    assertEquals(10, outcomes().size());
  }

  @Test
  void aFileThatHasChangedIsRefusedBeforeAnythingRuns() throws Exception {
    Files.writeString(folder.resolve("in"), TEN);
    assertEquals(0, pool("", RUN + "--input in").status());
    byte[] before = Files.readAllBytes(folder.resolve("outcomes"));
    Files.writeString(folder.resolve("in"), TEN.replace("7", "70") + "11\n");
    Ended changed = pool("", RUN + "--input in --resume");
    assertEquals(2, changed.status(), changed::toString);
    assertEquals(
        List.of(
            "pool: cannot resume 'outcomes': the input has changed: line 7 is not what it was when its"
                + " outcome was written"),
        changed.err());
    assertEquals(new String(before), Files.readString(folder.resolve("outcomes")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"my notes", "{\"some\":\"json\"}\n", "\0\1\2"})
  void aFileThatIsNoOutputIsLeftAsItIs(String text) throws Exception {
    Files.writeString(folder.resolve("outcomes"), text);
    Ended ended = pool(TEN, RUN + "--resume");
    assertEquals(2, ended.status(), ended::toString);
    assertEquals(
        1, ended.count("cannot resume 'outcomes': its line 1 is no outcome"), ended::toString);
    assertEquals(text, Files.readString(folder.resolve("outcomes")));
  }

  @Test
  void whatCannotBeResumedIsBadUsage() throws Exception {
    Ended piped = pool(TEN, "run note --resume");
    assertEquals(2, piped.status());
    assertEquals(1, piped.count("resume needs the file of the run before: add --output"));
    Ended alone = pool(TEN, RUN + "--retry-failed");
    assertEquals(2, alone.status());
    assertEquals(1, alone.count("retry-failed is for a run that goes on: add --resume"));
    Ended unsynced = pool(TEN, "run note --sync");
    assertEquals(2, unsynced.status());
    assertEquals(1, unsynced.count("sync is for an output that is a file: add --output"));
  }

  @Test
  void twoRunsDoNotWriteOneFile() throws Exception {
    Process first = new Image(folder).start((RUN + "--workers 1").split(" "));
    first.outputWriter().append("1\n").flush();
    Path out = folder.resolve("outcomes");
    while (first.isAlive() && (!Files.exists(out) || Files.size(out) == 0)) {
      Thread.onSpinWait();
    }
    Path other = Files.createDirectory(folder.resolve("other"));
    Ended second = new Image(other).run(TEN, "run", "note", "--output", out.toString(), "--resume");
    assertEquals(2, second.status(), second::toString);
    assertEquals(1, second.count("another run is writing it"), second::toString);
    first.outputWriter().close();
    assertEquals(0, new Image(folder).end(first).status());
    assertEquals(List.of("1 succeeded"), outcomes());
  }

  @Test
  void anOutcomeIsOnTheDiskBeforeItsWorkerGoesOn() throws Exception {
    Shell shell = new Shell(folder);
    assumeTrue(shell.run("strace -f -o /dev/null true").status() == 0, "nothing can be traced");
    Files.writeString(folder.resolve("in"), TEN);
    Ended ended =
        shell.run(
            "strace -f -qq -o calls -e trace=write,fsync,fdatasync -s 20"
                + " $POOL run note --workers 1 --input in --output outcomes --sync",
            Map.of());
    assertEquals(0, ended.status(), ended::toString);
    Pattern outcome = Pattern.compile("write\\(\\d+, \"\\{\\\\\"line\\\\\":");
    int unsynced = 0;
    int outcomes = 0;
    for (String call : shell.lines("calls")) {
      if (outcome.matcher(call).find()) {
        outcomes++;
        unsynced++;
        assertEquals(1, unsynced, "a second outcome came before the first was on the disk");
      } else if (call.contains("sync(")) {
        unsynced = 0;
      }
    }
    assertEquals(10, outcomes);
    assertEquals(0, unsynced);
  }

  @Test
  void checkSaysWhatIsThereAndWhatIsNot() throws Exception {
    Files.writeString(folder.resolve("in"), TEN.replace("3", "x"));
    assertEquals(1, pool("", RUN + "--input in --keep-going").status());
    Ended failed = pool("", "check outcomes --input in");
    assertEquals(1, failed.status());
    assertEquals(
        List.of(
            "lines       10",
            "succeeded   9",
            "failed      1",
            "cancelled   0",
            "notStarted  0",
            "no outcome  0",
            "doubles     0",
            "changed     0"),
        failed.out().subList(0, 8));
    assertTrue(
        failed.out().getLast().startsWith("1 failure, first that of line 3: "), failed::toString);

    String first =
        Files.readAllLines(folder.resolve("outcomes")).stream()
            .filter(line -> line.startsWith("{\"line\":1,"))
            .findFirst()
            .orElseThrow();
    Files.writeString(folder.resolve("outcomes"), first + "\n" + first + "\n{\"l");
    Files.writeString(folder.resolve("in"), "one\n2\n");
    Ended rest = pool("", "check outcomes --input in");
    assertEquals(1, rest.status());
    assertTrue(rest.out().contains("no outcome  1 (line 2)"), rest::toString);
    assertTrue(rest.out().contains("doubles     1 (line 1)"), rest::toString);
    assertTrue(rest.out().contains("changed     1 (line 1)"), rest::toString);
    assertTrue(rest.out().getLast().startsWith("its end is torn: 3 bytes"), rest::toString);

    Files.writeString(folder.resolve("outcomes"), first + "\n");
    Ended alone = pool("", "check outcomes");
    assertEquals(0, alone.status(), alone::toString);
    Ended foreign = pool("", "check in");
    assertEquals(2, foreign.status());
    assertEquals(1, foreign.count("cannot read 'in': its line 1 is no outcome"), foreign::toString);
  }
}
