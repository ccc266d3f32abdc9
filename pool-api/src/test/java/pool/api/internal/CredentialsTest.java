package pool.api.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CredentialsTest {

  /** A text may be anybody's; in the square of its length these would take minutes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "//a:b",
        "(a=",
        "&a=(",
        "password={",
        "%3Fa%3D",
        "@a:",
        "/a:b@",
        "{a=",
        "&pw={",
        "&pw='"
      })
  @Timeout(20)
  void aLongTextTakesNoLongerThanItsLength(String part) {
    String text = "x=1//" + part.repeat(1_000_000 / part.length());
    assertFalse(Credentials.hidden(text).isEmpty());
    assertFalse(Credentials.hiddenInUrls(text).isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          https://u:hunter2@host/path                       | https://***@host/path
          https://u:hun%40ter2@host                         | https://***@host
          https://u:hun@ter2@host/x?mail=a@b                | https://***@host/x?mail=a@b
          https://u:hun/ter2@host/                          | https://***@host/
          https://ghp_hunter2@github.com/x                  | https://***@github.com/x
          redis://:hunter2@host:6379                        | redis://***@host:6379
          mongodb+srv://u:hunter2@h/db                      | mongodb+srv://***@h/db
          jdbc:oracle:thin:scott/hunter2@//h:1521/s         | jdbc:oracle:thin:***@//h:1521/s
          jdbc:postgresql://h/db?user=u&password=hunter2    | jdbc:postgresql://h/db?user=u&password=***
          jdbc:postgresql://h/db?password=hunter2&ssl=true  | jdbc:postgresql://h/db?password=***&ssl=true
          jdbc:sqlserver://h;user=sa;password=hunter2;x=1   | jdbc:sqlserver://h;user=sa;password=***;x=1
          jdbc:sqlserver://h;password={hun;ter2};x=1        | jdbc:sqlserver://h;password=***;x=1
          jdbc:sqlserver://h;password={hunter2              | jdbc:sqlserver://h;password=***
          jdbc:h2:mem:x;USER=sa;PASSWORD=hunter2            | jdbc:h2:mem:x;USER=sa;PASSWORD=***
          https://h/x?p%61ssword=hunter2                    | https://h/x?p%61ssword=***
          https://h/x?access_token=hunter2#y                | https://h/x?access_token=***
          https://h/cb#token=hunter2                        | https://h/cb#token=***
          https://h/?X-Amz-Signature=hunter2&a=1            | https://h/?X-Amz-Signature=***&a=1
          https://h/?api_key=hunter2                        | https://h/?api_key=***
          https://h/?to=https%3A%2F%2Fu%3Ahunter2%40i%2F    | https://h/?to=https%3A%2F%2F***%40i%2F
          https://h/?to=%2Fx%3Fpassword%3Dhunter2%26a%3D1   | https://h/?to=%2Fx%3Fpassword%3D***%26a%3D1
          """)
  void whatAUrlCarriesIsHiddenInMessagesAndInData(String url, String shown) {
    assertEquals(shown, Credentials.hidden(url));
    assertEquals(shown, Credentials.hiddenInUrls(url));
    assertEquals("no '" + shown + "' there", Credentials.hidden("no '" + url + "' there"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          jdbc:postgresql:/u:hunter2@h/db  | jdbc:postgresql:/***@h/db
          jdbc:postgresql:u:hun:ter2@h/db  | jdbc:postgresql:***@h/db
          htp:/u:hunter2@h                 | htp:/***@h
          postgres:u:hunter2@h             | postgres:***@h
          u:hunter2@h/db                   | u:***@h/db
          host=h password=hunter2 x=1      | host=h password=*** x=1
          host=h password='hunter 2' x=1   | host=h password=*** x=1
          host=h password='hunter2         | host=h password=***
          C{user='joe', password='hunter'} | C{user='joe', password=***}
          password="hunter 2", x=1         | password=***, x=1
          pasword=hunter2                  | pasword=***
          passwrod=hunter2                 | passwrod=***
          """)
  void ofAMistypedUrlItIsHiddenInMessages(String text, String shown) {
    assertEquals(shown, Credentials.hidden(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://host:8080/path?mail=a@b&x=1",
        "https://[::1]:80/@me",
        "joe@example.org",
        "jdbc:sqlite:store.db?mode=ro",
        "max-bytes=10",
        "author=Bob",
        "open=1",
        "/a/b=c@d",
        "100 %",
        "host %zz=1"
      })
  void whatIsHarmlessIsLeft(String text) {
    assertEquals(text, Credentials.hidden(text));
    assertEquals(text, Credentials.hiddenInUrls(text));
  }

  @Test
  void dataThatIsNoUrlIsLeft() {
    String sql = "SELECT 'a:b@c' WHERE password=5";
    assertEquals(sql, Credentials.hiddenInUrls(sql));
  }

  @Test
  void aNameMayBeMisspelt() {
    for (String name : new String[] {"password", "pasword", "passwrod", "PGPASSWD", "tokne"}) {
      assertTrue(Credentials.namesSecret(name), name);
    }
    for (String name : new String[] {"database", "loud", "open", "timeout", "workers"}) {
      assertFalse(Credentials.namesSecret(name), name);
    }
  }
}
