package pool.core.internal;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import pool.core.PoolState;

/** How the kernel is built, as its compiled classes say. */
class PackagesTest {

  private static final String FACE = "pool.core";
  private static final String ROOT = "pool.core.internal";

  /** Each may use those before it; those that stand beside come where all that they use is. */
  private static final List<String> ORDER =
      Stream.of(
              "util",
              "discovery",
              "events",
              "life",
              "job",
              "queue",
              "bulk",
              "batch",
              "worker",
              "supervise",
              "close",
              "stream",
              "executor")
          .map(name -> ROOT + "." + name)
          .toList();

  private static final Pattern NAME = Pattern.compile("pool/core/(?:[a-z]+/)*[A-Z]\\w*");

  private static final int LARGEST_KNOT = 12;

  /** What each top-level class names. */
  private static final Map<String, Set<String>> USES = new TreeMap<>();

  @BeforeAll
  static void read() throws Exception {
    Path classes =
        Path.of(PoolState.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      files
          .filter(file -> file.toString().endsWith(".class"))
          .filter(file -> !file.toString().endsWith("-info.class"))
          .forEach(file -> read(topLevel(classes.relativize(file).toString()), file));
    }
  }

  private static void read(String type, Path file) {
    Set<String> uses = USES.computeIfAbsent(type, _ -> new TreeSet<>());
    try {
      for (PoolEntry entry : ClassFile.of().parse(file).constantPool()) {
        if (entry instanceof Utf8Entry text) {
          Matcher name = NAME.matcher(text.stringValue());
          while (name.find()) {
            uses.add(topLevel(name.group()));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    uses.remove(type);
  }

  private static String topLevel(String path) {
    return path.replaceAll("(\\$.*)?(\\.class)?$", "").replace('/', '.');
  }

  private static String packageOf(String type) {
    return type.substring(0, type.lastIndexOf('.'));
  }

  @Test
  void everyInternalPackageHasItsPlace() {
    Set<String> packages =
        USES.keySet().stream().map(PackagesTest::packageOf).collect(toCollection(TreeSet::new));
    Set<String> known = new TreeSet<>(ORDER);
    known.addAll(List.of(FACE, ROOT));
    assertEquals(known, packages);
  }

  @Test
  void arrowsBetweenInternalPackagesPointOneWay() {
    Set<String> wrong = new TreeSet<>();
    USES.forEach((type, uses) -> {
      int from = ORDER.indexOf(packageOf(type));
      for (String used : uses) {
        boolean isHigher = from >= 0 && ORDER.indexOf(packageOf(used)) > from;
        if (isHigher || (from >= 0 && packageOf(used).equals(ROOT))) {
          wrong.add(type + " uses " + used);
        }
      }
    });
    assertEquals(Set.of(), wrong);
  }

  @Test
  void theFaceNamesTheRootItsSettingsAndDiscoveryAlone() {
    Set<String> wrong = new TreeSet<>();
    USES.forEach((type, uses) -> {
      for (String used : uses) {
        boolean isInternal = used.startsWith(ROOT);
        boolean isMeant =
            packageOf(used).equals(ROOT)
                || packageOf(used).equals(ROOT + ".discovery")
                || used.equals(ROOT + ".life.Settings");
        if (packageOf(type).equals(FACE) && isInternal && !isMeant) {
          wrong.add(type + " uses " + used);
        }
      }
    });
    assertEquals(Set.of(), wrong);
  }

  @Test
  void noInternalClassKnowsTheWorkerPool() {
    Set<String> wrong = new TreeSet<>();
    USES.forEach((type, uses) -> {
      if (type.startsWith(ROOT) && uses.contains("pool.core.WorkerPool")) {
        wrong.add(type);
      }
    });
    assertEquals(Set.of(), wrong);
  }

  @Test
  void noKnotIsLarge() {
    Map<String, Set<String>> reached = new HashMap<>();
    USES.keySet().forEach(type -> reached.put(type, reach(type)));
    for (String type : USES.keySet()) {
      Set<String> knot =
          reached.get(type).stream()
              .filter(other -> reached.getOrDefault(other, Set.of()).contains(type))
              .collect(toCollection(TreeSet::new));
      assertTrue(knot.size() <= LARGEST_KNOT, () -> knot.size() + " reach each other: " + knot);
    }
  }

  private static Set<String> reach(String type) {
    Set<String> reached = new TreeSet<>();
    Deque<String> next = new ArrayDeque<>(List.of(type));
    while (!next.isEmpty()) {
      for (String used : USES.getOrDefault(next.remove(), Set.of())) {
        if (reached.add(used)) {
          next.add(used);
        }
      }
    }
    return reached;
  }
}
