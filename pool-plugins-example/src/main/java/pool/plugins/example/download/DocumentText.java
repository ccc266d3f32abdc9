package pool.plugins.example.download;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The text of a stored document: without its content encoding, and decoded as browsers do. The
 * charset comes from a byte-order mark, or the content type, or the document itself.
 */
final class DocumentText {

  private static final Set<String> TEXTS =
      Set.of("json", "ndjson", "xml", "javascript", "ecmascript", "yaml", "x-yaml", "toml", "sql");
  private static final Pattern CHARSET =
      Pattern.compile("(?i);\\s*charset\\s*=\\s*[\"']?([^\"';\\s]+)");
  private static final Pattern OWN_CHARSET =
      Pattern.compile(
          "(?is)<\\?xml[^>]*?encoding\\s*=\\s*[\"']([^\"']+)|<meta[^>]*?charset\\s*=\\s*[\"']?([^\"'>;\\s/]+)");
  private static final int HEAD = 1_024; // here a document may declare its charset
  private static final int MOST_ENCODINGS = 4; // each is a stream around the next
  private static final Charset WINDOWS_1252 = Charset.forName("windows-1252");

  private DocumentText() {}

  /** Returns whether a document is text, judging by its content type. */
  static boolean isText(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    int parameters = contentType.indexOf(';');
    String type =
        contentType
            .substring(0, parameters < 0 ? contentType.length() : parameters)
            .strip()
            .toLowerCase(Locale.ROOT);
    String subtype = type.substring(type.indexOf('/') + 1);
    return type.startsWith("text/")
        || TEXTS.contains(subtype)
        || subtype.endsWith("+json")
        || subtype.endsWith("+xml");
  }

  /**
   * Extracts the text of a body.
   *
   * @param contentType may contain the charset
   * @param contentEncoding null when there is none
   * @param maxBytes the largest size of the text; the rest is left out
   * @throws IOException when the encoding is unknown, or the body is not encoded so
   */
  static String of(
      byte[] body, @Nullable String contentType, @Nullable String contentEncoding, int maxBytes)
      throws IOException {
    byte[] plain = contentEncoding == null ? body : plain(body, contentEncoding, maxBytes);
    return decoded(plain, contentType == null ? "" : contentType).replace('\0', ' ');
  }

  private static byte[] plain(byte[] body, String contentEncoding, int maxBytes)
      throws IOException {
    List<String> encodings =
        Arrays.stream(contentEncoding.toLowerCase(Locale.ROOT).split("[,\\s]+"))
            .filter(encoding -> !encoding.isEmpty() && !encoding.equals("identity"))
            .toList();
    if (encodings.size() > MOST_ENCODINGS) {
      throw new IOException("it has %d content encodings".formatted(encodings.size()));
    }
    InputStream in = new ByteArrayInputStream(body);
    for (String encoding : encodings.reversed()) {
      in =
          switch (encoding) {
            case "gzip", "x-gzip" -> new GZIPInputStream(in);
            case "deflate" -> inflated(in);
            default -> throw new IOException("content encoding '" + encoding + "' is unknown");
          };
    }
    try (InputStream plain = in) {
      return plain.readNBytes(maxBytes);
    }
  }

  /** Inflates a zlib stream, as it should be, or bare deflate data, as some servers send. */
  private static InputStream inflated(InputStream in) throws IOException {
    InputStream marked = in.markSupported() ? in : new BufferedInputStream(in);
    marked.mark(2);
    int head = marked.read() << 8 | marked.read();
    marked.reset();
    boolean zlib = head >= 0 && (head >> 8 & 0x0f) == 8 && head % 31 == 0;
    return zlib
        ? new InflaterInputStream(marked)
        : new InflaterInputStream(marked, new Inflater(true));
  }

  private static String decoded(byte[] bytes, String contentType) {
    for (Mark mark : Mark.values()) {
      if (mark.begins(bytes)) {
        int length = mark.bytes.length;
        return new String(bytes, length, bytes.length - length, mark.charset);
      }
    }
    String name = find(CHARSET, contentType);
    if (name.equalsIgnoreCase("utf-16")) {
      return new String(bytes, byteOrder(bytes));
    }
    Charset charset = charset(name);
    if (charset == null) {
      String head = new String(bytes, 0, Math.min(bytes.length, HEAD), StandardCharsets.US_ASCII);
      charset = charset(find(OWN_CHARSET, head));
      if (charset != null && charset.name().startsWith("UTF-16")) {
        charset = StandardCharsets.UTF_8; // in UTF-16 its name could not have been read
      }
    }
    if (charset != null) {
      return new String(bytes, charset);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, WINDOWS_1252);
    }
  }

  /** Byte-order marks. UTF-32 is first, since its mark begins with that of UTF-16. */
  private enum Mark {
    UTF_32LE(StandardCharsets.UTF_32LE, 0xff, 0xfe, 0, 0),
    UTF_32BE(StandardCharsets.UTF_32BE, 0, 0, 0xfe, 0xff),
    UTF_8(StandardCharsets.UTF_8, 0xef, 0xbb, 0xbf),
    UTF_16LE(StandardCharsets.UTF_16LE, 0xff, 0xfe),
    UTF_16BE(StandardCharsets.UTF_16BE, 0xfe, 0xff);

    @SuppressWarnings("ImmutableEnumChecker") // charsets are immutable
    private final Charset charset;

    @SuppressWarnings("ImmutableEnumChecker") // nobody changes it
    private final byte[] bytes;

    Mark(Charset charset, int... bytes) {
      this.charset = charset;
      this.bytes = new byte[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        this.bytes[i] = (byte) bytes[i];
      }
    }

    boolean begins(byte[] text) {
      return text.length >= bytes.length
          && Arrays.equals(text, 0, bytes.length, bytes, 0, bytes.length);
    }
  }

  /**
   * Guesses without a mark: in most scripts there is a space or a line feed, whose high byte is 0.
   */
  private static Charset byteOrder(byte[] bytes) {
    int bigEndian = 0;
    for (int i = 0; i + 1 < bytes.length; i += 2) {
      bigEndian += Integer.signum(bytes[i + 1] & 0xff) - Integer.signum(bytes[i] & 0xff);
    }
    return bigEndian > 0 ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
  }

  private static String find(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      return "";
    }
    return matcher.group(1) != null ? matcher.group(1) : matcher.group(matcher.groupCount());
  }

  /**
   * Returns the charset of a name; null when there is none. A document that claims to be ISO-8859-1
   * or ASCII is Windows-1252 if it contains anything beyond ASCII.
   */
  private static @Nullable Charset charset(String name) {
    try {
      Charset charset = Charset.forName(name);
      boolean latin =
          charset.equals(StandardCharsets.ISO_8859_1) || charset.equals(StandardCharsets.US_ASCII);
      return latin ? WINDOWS_1252 : charset;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
