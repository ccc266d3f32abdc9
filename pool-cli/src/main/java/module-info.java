import org.jspecify.annotations.NullMarked;

/** The command line: {@code pool list}, {@code pool describe NAME}, {@code pool run NAME}. */
@NullMarked
module pool.cli {
  requires com.fasterxml.jackson.core;
  requires info.picocli;
  requires static org.jspecify;
  requires pool.codec;
  requires pool.core;
  requires pool.metrics;
  requires pool.process;

  opens pool.cli to
      info.picocli;
}
