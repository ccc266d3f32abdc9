import org.jspecify.annotations.NullMarked;

/** The command line: {@code pool list}, {@code pool describe NAME}, {@code pool run NAME}. */
@NullMarked
module pool.cli {
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.fasterxml.jackson.datatype.jdk8;
  requires de.siegmar.fastcsv;
  requires info.picocli;
  requires static org.jspecify;
  requires pool.codec;
  requires pool.core;
  requires pool.metrics;
  requires pool.process;

  opens pool.cli to
      info.picocli;
}
