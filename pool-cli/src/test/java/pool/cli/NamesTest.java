package pool.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {

  @ParameterizedTest
  @CsvSource({
    "61, a",
    "c3bc, ü",
    "f09f9880, 😀",
    "fc, \udcfc",
    "61fc62, a\udcfcb",
    "c3, \udcc3", // the begin of a character
    "f09f98, \udcf0\udc9f\udc98",
    "fcc3bcf6, \udcfcü\udcf6",
    "eda080, \udced\udca0\udc80", // half of a pair
  })
  void everyByteIsKept(String hex, String name) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertEquals(name, Names.decode(bytes));
    String uri = HexFormat.of().withPrefix("%").withUpperCase().formatHex(bytes);
    assertEquals(Path.of(URI.create("file:///x/" + uri)), Names.path("/x/" + name));
  }

  @Test
  void whatIsPlainOrMeansSomethingInAUriIsTheSameBesidesSuchABytes() {
    String odd = "/x y/%41/a?b#c/../-+/\u001b";
    Path expected = Path.of(odd);
    Path path = Names.path(odd + "/\udcff");
    assertEquals(expected, path.getParent());
  }

  @Test
  void argumentsThatAreWhollyDecodedAreTaken() {
    String[] arguments = {"run", "", "ü"};
    assertArrayEquals(arguments, Names.arguments(arguments));
  }
}
