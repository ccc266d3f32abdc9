package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.WorkerContext;
import pool.core.WorkerPool;

/** What is found in the index, however a server writes it. */
@ParameterizedClass
@EnumSource(Database.class)
@SuppressWarnings("try")
@Timeout(120)
class TextIndexTest {

  private static final String TEXT = "Grüße aus Köln";

  private static EmbeddedPostgres postgres;

  @Parameter Database database;

  @TempDir Path folder;

  private String url;
  private final Map<String, Document> documents = new LinkedHashMap<>();

  private record Document(String headers, byte[] body) {}

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void forget() throws Exception {
    url =
        switch (database) {
          case SQLITE -> "jdbc:sqlite:" + folder.resolve("store.db");
          case POSTGRESQL -> postgres.getJdbcUrl("postgres", "postgres");
        };
    try (var connection = Database.connect(url);
        var statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS document");
    }
  }

  private void serve(String path, String contentType, byte[] body) {
    serve(path, contentType, "", body);
  }

  private void serve(String path, String contentType, String encoding, byte[] body) {
    String headers = "Content-Type: " + contentType + "\r\n";
    if (!encoding.isEmpty()) {
      headers += "Content-Encoding: " + encoding + "\r\n";
    }
    documents.put(path, new Document(headers, body));
  }

  private void download() throws Exception {
    try (RawServer server =
        new RawServer((head, out) -> {
          Document document = documents.get(RawServer.path(head));
          RawServer.ok(out, document.headers(), document.body());
        })) {
      List<URI> uris = documents.keySet().stream().map(server::uri).toList();
      try (var pool =
          WorkerPool.of(new DownloadFactory()).workers(4).option("database", url).open()) {
        pool.map(uris);
      }
    }
  }

  private TreeSet<String> found(String word) throws Exception {
    String condition =
        switch (database) {
          case SQLITE -> "document_text MATCH '" + word + "'";
          case POSTGRESQL -> "words @@ to_tsquery('simple', '" + word + "')";
        };
    TreeSet<String> paths = new TreeSet<>();
    for (var row : query("SELECT uri FROM document_text WHERE " + condition)) {
      paths.add(URI.create((String) row.get("uri")).getPath());
    }
    return paths;
  }

  private List<Map<String, Object>> query(String sql) throws Exception {
    try (var context = WorkerContext.standalone(Map.of("database", url));
        var worker = new QueryFactory().open(context)) {
      return worker.run(sql).rows();
    }
  }

  @Test
  void everyCharsetIsRead() throws Exception {
    byte[] utf8 = TEXT.getBytes(StandardCharsets.UTF_8);
    byte[] latin = TEXT.getBytes(StandardCharsets.ISO_8859_1);
    serve("/utf-8", "text/plain; charset=utf-8", utf8);
    serve("/latin-1", "text/plain; charset=ISO-8859-1", latin);
    serve("/quoted", "text/html;charset=\"iso-8859-15\"", latin);
    serve("/cp1252", "text/plain; format=flowed; Charset=windows-1252", latin);
    serve("/utf-16", "text/plain; charset=UTF-16", TEXT.getBytes(StandardCharsets.UTF_16));
    serve("/utf-16le", "text/plain; charset=utf-16le", TEXT.getBytes(StandardCharsets.UTF_16LE));
    serve(
        "/utf-16-le-unmarked",
        "text/plain; charset=utf-16",
        TEXT.getBytes(StandardCharsets.UTF_16LE));
    serve(
        "/utf-16-be-unmarked",
        "text/plain; charset=utf-16",
        TEXT.getBytes(StandardCharsets.UTF_16BE));
    serve("/utf-16-marked", "text/plain", ("\uFEFF" + TEXT).getBytes(StandardCharsets.UTF_16LE));
    serve(
        "/utf-8-marked",
        "text/plain; charset=latin1",
        ("\uFEFF" + TEXT).getBytes(StandardCharsets.UTF_8));
    serve("/utf-32", "text/plain; charset=UTF-32", TEXT.getBytes(Charset.forName("UTF-32BE")));
    serve("/unsaid-latin", "text/plain", latin);
    serve("/unsaid-utf-8", "text/plain", utf8);
    serve("/unknown", "text/plain; charset=x-nonsense", utf8);
    serve("/illegal", "text/plain; charset=?", utf8);
    serve(
        "/xml",
        "application/atom+xml",
        latin("<?xml version='1.0' encoding='ISO-8859-1'?><a>" + TEXT + "</a>"));
    serve(
        "/meta",
        "text/html",
        latin("<html><meta http-equiv=x content='text/html; charset=ISO-8859-1'>" + TEXT));
    serve("/json", "application/json", utf8);
    download();
    assertEquals(new TreeSet<>(documents.keySet()), found("köln"));
    assertEquals(new TreeSet<>(documents.keySet()), found("grüße"));
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @FunctionalInterface
  private interface Packer {
    OutputStream around(OutputStream out) throws IOException;
  }

  private static byte[] packed(Packer packer, byte[] body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = packer.around(bytes)) {
      out.write(body);
    }
    return bytes.toByteArray();
  }

  @Test
  void everyEncodingIsUndoneStoredAndWhatIsUnknownCostsNothingElse() throws Exception {
    byte[] utf8 = TEXT.getBytes(StandardCharsets.UTF_8);
    byte[] gzip = packed(GZIPOutputStream::new, utf8);
    serve("/gzip", "text/plain; charset=utf-8", "gzip", gzip);
    serve("/x-gzip", "text/plain", "X-GZip", gzip);
    serve(
        "/gzip-latin",
        "text/plain; charset=latin1",
        "gzip",
        packed(GZIPOutputStream::new, latin(TEXT)));
    serve("/deflate", "text/plain", "deflate", packed(DeflaterOutputStream::new, utf8));
    serve(
        "/raw-deflate",
        "text/plain",
        "deflate",
        packed(out -> new DeflaterOutputStream(out, new Deflater(9, true)), utf8));
    serve(
        "/twice",
        "text/plain",
        "deflate, gzip",
        packed(GZIPOutputStream::new, packed(DeflaterOutputStream::new, utf8)));
    serve("/identity", "text/plain", "identity", utf8);
    TreeSet<String> readable = new TreeSet<>(documents.keySet());
    serve("/br", "text/plain", "br", utf8);
    serve("/nested", "text/plain", "gzip,".repeat(9), gzip);
    serve("/blank", "text" + " ".repeat(100_000) + "x", utf8);
    serve("/lie", "text/plain", "gzip", utf8);
    serve("/short", "text/plain", "gzip", Arrays.copyOf(gzip, 15));
    serve("/empty", "text/plain", "gzip", new byte[0]);
    serve("/bomb", "text/plain", "gzip", packed(GZIPOutputStream::new, new byte[100_000_000]));
    serve(
        "/office", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", utf8);
    download();
    assertEquals(readable, found("köln"));
    Map<String, Object> row =
        query("SELECT content_encoding, body FROM document WHERE uri LIKE '%/gzip'").getFirst();
    assertEquals("gzip", row.get("content_encoding"));
    assertArrayEquals(gzip, (byte[]) row.get("body"));
    assertEquals(
        Map.of("n", 0L).get("n"),
        ((Number)
                query("SELECT count(*) AS n FROM document_text WHERE uri LIKE '%/office'")
                    .getFirst()
                    .get("n"))
            .longValue());
  }

  /** PostgreSQL's limit of one document's words, of 1,048,575 bytes, by several ways to pass it. */
  @Test
  void aDocumentOfTooManyWordsCostsNeitherTheIndexNorItself() throws Exception {
    StringBuilder hyphenated = new StringBuilder("начало ");
    StringBuilder distinct = new StringBuilder("anfang ");
    StringBuilder urls = new StringBuilder("begin ");
    for (int i = 0; i < 40_000; i++) {
      hyphenated.append("слово").append(letters(i)).append("-часть").append(letters(i)).append(' ');
      distinct.append("w").append(i * 7_919L).append("x ");
      urls.append("http://host").append(i).append(".example.org/path/").append(i).append(' ');
    }
    serve("/hyphenated", "text/plain; charset=utf-8", utf8(hyphenated));
    serve("/distinct", "text/plain; charset=utf-8", utf8(distinct));
    serve("/urls", "text/plain; charset=utf-8", utf8(urls));
    serve("/long", "text/plain; charset=utf-8", utf8("a".repeat(3_000_000) + " last"));
    serve("/nul", "text/plain; charset=utf-8", utf8("zero\0 ende"));
    serve("/other", "text/plain; charset=utf-8", utf8("other"));
    download();
    assertEquals(new TreeSet<>(List.of("/other")), found("other"));
    assertEquals(new TreeSet<>(List.of("/hyphenated")), found("начало"));
    assertEquals(new TreeSet<>(List.of("/distinct")), found("anfang"));
    assertEquals(new TreeSet<>(List.of("/urls")), found("begin"));
    assertEquals(new TreeSet<>(List.of("/long")), found("last"));
    assertEquals(new TreeSet<>(List.of("/nul")), found("ende"));
    assertTrue(found("nonsense").isEmpty());
  }

  /** A number in Cyrillic letters, which are two bytes each. */
  private static String letters(int number) {
    return Integer.toString(number)
        .chars()
        .collect(
            StringBuilder::new,
            (all, c) -> all.append((char) ('а' + c - '0')),
            StringBuilder::append)
        .toString();
  }

  private static byte[] utf8(CharSequence text) {
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }
}
