package pool.plugins.example.download;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One statement of SQL. Drivers accept several statements and may run only the first, so this class
 * finds out where a statement ends.
 *
 * @param sql the statement, without surrounding comments and semicolons
 * @param verb its first word, in capitals
 */
record SqlText(String sql, String verb) {

  private static final Set<String> TRANSACTIONS =
      Set.of("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE");
  private static final Set<String> WRITES =
      Set.of(
          "INSERT",
          "UPDATE",
          "DELETE",
          "REPLACE",
          "MERGE",
          "TRUNCATE",
          "CREATE",
          "ALTER",
          "DROP",
          "VACUUM",
          "REINDEX",
          "ANALYZE",
          "COPY",
          "GRANT",
          "REVOKE",
          "BACKUP",
          "RESTORE");
  private static final Set<String> OUTSIDE_OF_TRANSACTIONS =
      Set.of("SELECT", "VALUES", "EXPLAIN", "PRAGMA", "VACUUM", "ATTACH", "DETACH");

  /** Returns the statement of a job; throws when there is none, or more than one. */
  static SqlText of(Database database, String job) throws SQLException {
    if (job.indexOf('\0') >= 0) {
      throw new SQLException("a NUL character ends the statement before its end; nothing was run");
    }
    List<SqlText> all = new Scanner(job, database == Database.SQLITE).statements();
    if (all.isEmpty()) {
      throw new SQLException("there is no statement in it");
    }
    if (all.size() > 1) {
      throw new SQLException(
          "a job is one statement, but this has " + all.size() + "; nothing was run");
    }
    SqlText text = all.getFirst();
    if (TRANSACTIONS.contains(text.verb)) {
      throw new SQLException(
          "'%s' is refused: each job is a transaction of its own".formatted(text.verb));
    }
    return text;
  }

  /** Returns whether it writes, as far as its verb shows; the database knows better. */
  boolean writes() {
    return WRITES.contains(verb);
  }

  /** Returns whether SQLite must run it without a transaction: it needs none, or allows none. */
  boolean isOutsideOfTransactions() {
    return OUTSIDE_OF_TRANSACTIONS.contains(verb);
  }

  /** Finds statements, as the databases' shells do. */
  private static final class Scanner {

    private final String text;
    private final boolean sqlite;
    private final List<SqlText> statements = new ArrayList<>();
    private final List<String> words = new ArrayList<>(); // of the statement, in capitals
    private int begin = -1; // of the statement, once it has begun
    private int end;

    Scanner(String text, boolean sqlite) {
      this.text = text;
      this.sqlite = sqlite;
    }

    List<SqlText> statements() {
      int at = 0;
      while (at < text.length()) {
        int blank = afterBlank(at);
        if (blank > at) {
          at = blank;
          continue;
        }
        int next = afterToken(at);
        String word = text.substring(at, next).toUpperCase(Locale.ROOT);
        if (word.equals(";") && !isInBody()) {
          endStatement();
        } else {
          begin = begin < 0 ? at : begin;
          words.add(next - at > 20 ? "..." : word); // longer than any keyword
          end = next;
        }
        at = next;
      }
      endStatement();
      return statements;
    }

    private void endStatement() {
      if (begin >= 0) {
        statements.add(new SqlText(text.substring(begin, end), words.getFirst()));
      }
      begin = -1;
      words.clear();
    }

    /**
     * Detects the body of a SQLite trigger or PostgreSQL function, which ends with END after a
     * semicolon.
     */
    private boolean isInBody() {
      int last = words.size() - 1;
      boolean ended = last >= 1 && words.get(last).equals("END") && words.get(last - 1).equals(";");
      return hasBody() && !ended;
    }

    private boolean hasBody() {
      if (words.isEmpty() || !words.getFirst().equals("CREATE")) {
        return false;
      }
      List<String> head = words.subList(0, Math.min(4, words.size())); // CREATE OR REPLACE FUNCTION
      return sqlite
          ? head.contains("TRIGGER") && words.contains("BEGIN")
          : (head.contains("FUNCTION") || head.contains("PROCEDURE")) && words.contains("ATOMIC");
    }

    private int afterBlank(int at) {
      if (Character.isWhitespace(text.charAt(at)) || text.charAt(at) == '\uFEFF') {
        return at + 1;
      }
      if (text.startsWith("--", at)) {
        return after("\n", at);
      }
      if (!text.startsWith("/*", at)) {
        return at;
      }
      int depth = 1;
      int i = at + 2;
      while (depth > 0 && i < text.length()) {
        if (text.startsWith("*/", i)) {
          depth--;
          i += 2;
        } else if (!sqlite && text.startsWith("/*", i)) {
          depth++;
          i += 2;
        } else {
          i++;
        }
      }
      return i;
    }

    private int afterToken(int at) {
      char c = text.charAt(at);
      if (c == '\'' || c == '"' || (sqlite && c == '`')) {
        return after(Character.toString(c), at + 1); // a doubled quote begins another token
      }
      if (sqlite && c == '[') {
        return after("]", at + 1);
      }
      String tag = sqlite ? null : dollarTag(at);
      if (tag != null) {
        return after(tag, at + tag.length());
      }
      if (!isWordPart(c)) {
        return at + 1;
      }
      int i = at + 1;
      while (i < text.length() && isWordPart(text.charAt(i))) {
        i++;
      }
      boolean escapes = !sqlite && i == at + 1 && (c == 'e' || c == 'E') && text.startsWith("'", i);
      return escapes ? afterEscapes(i + 1) : i;
    }

    private static boolean isWordPart(char c) {
      return Character.isLetterOrDigit(c) || c == '_' || c == '$' || c > 127;
    }

    private @Nullable String dollarTag(int at) {
      if (text.charAt(at) != '$') {
        return null;
      }
      int i = at + 1;
      while (i < text.length() && isWordPart(text.charAt(i)) && text.charAt(i) != '$') {
        i++;
      }
      boolean closed = i < text.length() && text.charAt(i) == '$';
      return closed && !Character.isDigit(text.charAt(at + 1)) ? text.substring(at, i + 1) : null;
    }

    private int afterEscapes(int at) {
      int i = at;
      while (i < text.length() && text.charAt(i) != '\'') {
        i += text.charAt(i) == '\\' ? 2 : 1;
      }
      return Math.min(i + 1, text.length());
    }

    private int after(String mark, int at) {
      int found = text.indexOf(mark, at);
      return found < 0 ? text.length() : found + mark.length();
    }
  }
}
