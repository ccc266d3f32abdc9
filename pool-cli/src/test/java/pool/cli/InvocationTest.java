package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import pool.api.Option;
import pool.api.WorkerFactory;

class InvocationTest {

  private static final Option<String> DATABASE =
      Option.optional("database", Function.identity(), "jdbc:x://me:geheim@h/d", "a database");
  private static final Option<String> PASSWORD =
      Option.required("password", Function.identity(), "a password").secret();
  private static final Option<String> PIN =
      Option.optional("pin", Function.identity(), "geheim", "a number").secret();

  private static Invocation of(String... args) {
    RunCommand run = new RunCommand();
    new CommandLine(run).setCaseInsensitiveEnumValuesAllowed(true).parseArgs(args);
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "a", String.class, String.class, List.of(DATABASE, PASSWORD, PIN), _ -> job -> job);
    return Invocation.of(run.spec, factory, run.options);
  }

  @Test
  void theCommandLineIsAsAShellTakesIt() {
    assertEquals(
        "run a --workers 2 --keep-going --input 'it'\\''s in' --threads PLATFORM",
        String.join(
            " ",
            of("--workers", "2", "a", "--keep-going", "--input=it's in", "--threads", "PLATFORM")
                .words()));
  }

  @ParameterizedTest
  @CsvSource({
    "-o,password=geheim",
    "-opassword=geheim,",
    "-o=password=geheim,",
    "-o,password=a=geheim"
  })
  void aSecretIsHiddenHoweverItWasGiven(String option, String value) {
    Invocation secret = value == null ? of("a", option) : of("a", option, value);
    assertEquals("run a -o password=***", String.join(" ", secret.words()));
    assertFalse(secret.toString().contains("geheim"), secret::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:x://me:geheim@h/d, jdbc:x://***@h/d",
    "https://me:p@geheim@h/d?a=b, https://***@h/d?a=b",
    "jdbc:x://h/d?user=me&password=geheim&ssl=on, jdbc:x://h/d?user=me&password=***&ssl=on",
    "jdbc:x:d;trustStorePassword=geheim;a=b, jdbc:x:d;trustStorePassword=***;a=b",
    "https://h/?access_token=geheim, https://h/?access_token=***"
  })
  void credentialsInAnyValueAreHidden(String given, String shown) {
    Invocation asked = of("a", "-o", "password=x", "-o", "database=" + given, "--input", given);
    assertFalse(asked.toString().contains("geheim"), asked::toString);
    assertTrue(asked.settings().contains(new Invocation.Setting("-o database", shown, false)));
    assertTrue(asked.settings().contains(new Invocation.Setting("--input", shown, false)));
  }

  @Test
  void eachSettingSaysWhetherItWasGiven() {
    assertEquals(
        List.of(
            "--plugins none default",
            "--workers 2 given",
            "--threads virtual default",
            "--processes false default",
            "--heap none default",
            "--distribution shared default",
            "--queue 1024 default",
            "--job-timeout none default",
            "--open-timeout none default",
            "--cancel-grace none default",
            "--max-attempts none default",
            "--max-retries none default",
            "--max-batch none default",
            "--max-jobs-per-worker none default",
            "--max-worker-age none default",
            "--ping-interval none default",
            "--min-open none default",
            "--input - default",
            "--output - default",
            "--sync false default",
            "--trace none default",
            "--report none default",
            "--options none default",
            "--resume false default",
            "--retry-failed false default",
            "--progress auto default",
            "--input-format lines default",
            "--max-line 1000000 default",
            "--keep-going true given",
            "--close-timeout 30s given",
            "-o database jdbc:x://***@h/d default",
            "-o password *** given",
            "-o pin *** default"),
        of("a", "--workers", "2", "--keep-going", "--close-timeout", "30s", "-o", "password=geheim")
            .settings()
            .stream()
            .map(s -> s.name() + " " + s.value() + " " + (s.isDefault() ? "default" : "given"))
            .toList());
  }
}
