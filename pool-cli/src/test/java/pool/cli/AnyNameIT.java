package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pool.cli.Image.Ended;

/** The image with files of any names, in any folder, in any locale. */
@Timeout(300)
@DisabledOnOs(OS.MAC) // its names are UTF-8
class AnyNameIT {

  /** An u and an o with dots, in UTF-8 and in ISO-8859-1. */
  private static final String NAMES =
      """
      u8=$(printf 'lager-\\303\\274')
      o8=$(printf 'lager-\\303\\266')
      u1=$(printf 'lager-\\374')
      o1=$(printf 'lager-\\366')
      """;

  @TempDir Path folder;

  private Shell shell;

  @BeforeEach
  void shell() {
    shell = new Shell(folder);
  }

  private Ended run(String script, String... locale) throws Exception {
    String unset = "unset LC_ALL LC_CTYPE LANG LANGUAGE\n";
    String set = locale.length == 0 ? "" : "export " + String.join(" ", locale) + " 2>/dev/null\n";
    return shell.run(NAMES + unset + set + script);
  }

  private static void assertOk(Ended ended) {
    assertEquals(0, ended.status(), ended::toString);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LC_ALL=C",
        "LANG=de_DE.UTF-8", // not installed, or is it
        "LC_ALL=de_DE.ISO-8859-1",
        "LANG=C.UTF-8",
      })
  void filesOfTheRunAreTheOnesThatWereNamed(String locale) throws Exception {
    Ended ended =
        run(
            """
            number=0
            for name in "$u8" "$o8" "$u1" "$PWD/$o1" "in $u1 %41?#$u8"; do
              number=$((number + 1))
              echo $number >"$name"
              "$POOL" run note --input "$name" --output "$name.out" --trace "$name.trace" \
                --report "$name.html" || exit 10
              grep -q "\\"job\\":\\"$number\\"" <"$name.out" || exit 11
              [ -s "$name.trace" ] || exit 12
              [ -s "$name.html" ] || exit 13
            done
            [ "$(ls | wc -l)" -eq $((4 * number + 2)) ] || exit 14 # and out and err
            """,
            locale);
    assertOk(ended);
  }

  @Test
  void withoutAnyEnvironmentItIsTheSame() throws Exception {
    Ended ended = run("echo 5 >\"$u8\"; env -i \"$POOL\" run note --input \"$u8\"");
    assertOk(ended);
    assertEquals("5", Json.object(ended.out().getFirst()).get("job"));
  }

  @Test
  void aNameInAMessageSaysItsBytes() throws Exception {
    Ended ended = run("\"$POOL\" run note --input \"$u1-$u8\"", "LC_ALL=C");
    assertEquals(2, ended.status());
    assertEquals(
        List.of("pool: cannot read 'lager-\\udcfc-lager-\u00fc': there is no such file or folder"),
        ended.err());
  }

  @ParameterizedTest
  @CsvSource({"LC_ALL=C", "LANG=C.UTF-8"})
  void databasesAreTheOnesThatWereNamed(String locale) throws Exception {
    Ended ended =
        run(
            """
            for name in "$u8" "$o8" "$u1" "$o1 %41#$u8" "$PWD/$o1"; do
              echo 'SELECT 1' | "$POOL" run query -o writable=true -o "database=jdbc:sqlite:$name.db" || exit 10
              [ -e "$name.db" ] || exit 11
            done
            echo 'SELECT 1' | "$POOL" run query -o writable=true -o "database=jdbc:sqlite:file:$u1.2.db" || exit 12
            [ -e "$u1.2.db" ] || exit 13
            echo 'SELECT 1' | "$POOL" run query --processes -o writable=true -o "database=jdbc:sqlite:$u1.3.db" || exit 14
            [ -e "$u1.3.db" ] || exit 15
            rm "$u8.db" "$o8.db" "$u1.db" "$o1.db" "$o1 %41#$u8.db" "$u1.2.db" "$u1.3.db"
            ls
            """,
            locale);
    assertOk(ended);
    assertEquals(List.of("err", "out"), ended.out().subList(7, ended.out().size()));
  }

  @Test
  void pluginsAreFoundInAnyFolder() throws Exception {
    PlainPlugin.pack(Files.createDirectories(folder.resolve("plugins/plain")));
    Ended ended =
        run(
            """
            mkdir "$u8" "$u1"
            for parent in "$u8" "$u1"; do
              cp -r plugins "$parent/"
              "$POOL" list --plugins "$parent/plugins" | grep -q '^plain ' || exit 10
              echo 1 | "$POOL" run plain --plugins "$parent/plugins" | grep -q succeeded || exit 11
              echo 1 | "$POOL" run plain --processes --plugins "$parent/plugins" | grep -q succeeded || exit 13
              (cd "$parent" && "$POOL" list --plugins plugins | grep -q '^plain ') || exit 12
            done
            """,
            "LC_ALL=C");
    assertOk(ended);
  }

  @Test
  void theWorkingFolderMayHaveAnyName() throws Exception {
    Ended ended =
        run(
            """
            for name in "$u8" "$u1" "$(printf 'a\\nb')" '-x y'; do
              mkdir -- "$name"
              (
                cd -- "$name" || exit 9
                echo 'SELECT 1' >in
                echo 'SELECT 1' >"$o1"
                for input in in "$o1"; do
                  "$POOL" run query -o writable=true --input "$input" --output out || exit 10
                  [ -e store.db ] || exit 11
                  grep -q succeeded out || exit 12
                  rm store.db* out
                done
              ) || exit
            done
            """,
            "LC_ALL=C");
    assertOk(ended);
  }

  /** A copy of the image, since names in its path are what matters. */
  private void copyImage() throws Exception {
    assertOk(shell.run("mkdir image && cp -r \"${POOL%/bin/pool}\"/* image/"));
  }

  @Test
  void theImageMayLieAnywhereAndBeCalledFromAnywhere() throws Exception {
    copyImage();
    Ended ended =
        run(
            """
            check() {
              [ "$(POOL_JAVA_OPTIONS=-XX:AOTMode=on "$@" list | wc -l)" -eq 4 ] && return
              echo "cannot be called: $*" >&2
              exit 10
            }
            mkdir other other/bin
            for name in "$u8" "$(printf 'a b\\n$HOME;*')"; do
              mv -- image "$name"
              check "$PWD/$name/bin/pool"
              (cd -- "$name" && CDPATH=/usr:/ && export CDPATH && check bin/pool && check sh bin/pool) || exit
              (cd -- "$name/bin" && CDPATH=/usr && export CDPATH && check sh pool && PATH=.:$PATH && check pool) || exit
              (PATH=$PWD/$name/bin:$PATH && check pool) || exit
              ln -s -- "../../$name/bin/pool" other/bin/pool
              ln -s other/bin/pool "$u8-link"
              check "./$u8-link"
              rm "$u8-link" other/bin/pool
              echo 'SELECT 1' | "./$name/bin/pool" run query -o writable=true >/dev/null || exit 11
              mv -- "$name" image
            done
            ln -s ../image/bin other/linked
            check other/linked/pool
            """,
            "LC_ALL=C");
    assertOk(ended);
  }

  @Test
  void anImageInAPathThatIsNotUtf8SaysSo() throws Exception {
    copyImage();
    Ended ended =
        run("mkdir \"$u1\" && mv image \"$u1\" && \"$u1/image/bin/pool\" list", "LC_ALL=C");
    assertEquals(1, ended.status());
    assertEquals(1, ended.err().size(), ended::toString);
    assertTrue(ended.err().getFirst().startsWith("pool: the path of this image is not UTF-8"));
  }

  @Test
  void noWordOfTheJavaOptionsIsAPattern() throws Exception {
    Ended ended =
        shell.run(
            "touch -- -Djava.security.manager=allow && \"$POOL\" list", // Java refuses that
            Map.of("POOL_JAVA_OPTIONS", "-D* -ea"));
    assertOk(ended);
    assertEquals(Image.FACTORIES, ended.out().size());
  }
}
