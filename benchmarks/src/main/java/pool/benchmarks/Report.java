package pool.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The program that writes what came out of a run: {@code docs/benchmarks.md} and its plots. */
public final class Report {

  private Report() {}

  /**
   * Does one of four things, in the project's folder: {@code keep FOLDER COMMAND FILE} puts what
   * JMH wrote into one file; {@code page FILE} makes the page of that; {@code compare FILE OTHER}
   * prints what both reach; {@code flame RECORDING TITLE FILE} draws where the processors were.
   *
   * @param args as above
   * @throws IOException when a file cannot be read or written
   */
  public static void main(String[] args) throws IOException {
    switch (args[0]) {
      case "keep" -> Run.keep(Path.of(args[1]), args[2], Path.of(args[3]));
      case "page" -> writePage(Run.read(Path.of(args[1])), Path.of("docs"));
      case "compare" -> compare(Path.of(args[1]), Path.of(args[2]));
      case "flame" -> FlameGraph.write(Path.of(args[1]), args[2], Path.of(args[3]));
      default ->
          throw new IllegalArgumentException("keep, page, compare or flame, but was " + args[0]);
    }
  }

  private static void writePage(Run run, Path docs) throws IOException {
    StringBuilder page = new StringBuilder(head(run)).append(targets(run));
    for (Section section : Section.all(run)) {
      page.append("## ").append(section.heading()).append("\n\n").append(section.text());
      for (Plot plot : section.plots()) {
        if (!plot.isEmpty()) {
          plot.save(docs.resolve("plots"));
          page.append("![%s](plots/%s.svg)\n\n".formatted(plot.title(), plot.file()));
        }
      }
    }
    Path notes = Path.of("benchmarks", "notes.md");
    if (Files.exists(notes)) {
      page.append(Files.readString(notes));
    }
    Files.writeString(docs.resolve("benchmarks.md"), page.toString().stripTrailing() + "\n");
  }

  private static String head(Run run) {
    StringBuilder head =
        new StringBuilder(
            """
            # Benchmarks

            %s

            Written by the command below: change `benchmarks/`, not this page. Each class there asks
            one question, of the pool and of what one would use instead, in the same run. Figures
            are medians of the iterations. Machines differ and this one may be noisy: read the
            ratios. A ratio is ours over the peer's; below 1 the pool wins.

            """
                .formatted(Summary.of(run)));
    run.about()
        .forEach((key, value) -> head.append("* %s: %s\n".formatted(key, shown(key, value))));
    return head.append('\n').toString();
  }

  private static String shown(String key, String value) {
    return key.equals("command") ? "`" + value + "`" : value;
  }

  private static String targets(Run run) {
    StringBuilder text =
        new StringBuilder(
            """
            ## What is to be reached

            Ratios, bytes, or shares; one submitter and two workers where nothing else is said. For a
            resource, the counter shows what it costs to come by one; SQLite's own work is the same
            for all, and bounds what any way can gain.

            | | against | to reach | is | |
            | --- | --- | ---: | ---: | --- |
            """);
    Targets.all().forEach(each -> text.append(each.row(run)));
    return text.append('\n').toString();
  }

  private static void compare(Path file, Path other) throws IOException {
    Grid grid = new Grid();
    for (Path each : new Path[] {file, other}) {
      Run run = Run.read(each);
      for (Target target : Targets.all()) {
        grid.put(
            target.what() + " / " + target.against(),
            run.about().get("command"),
            target.value().applyAsDouble(run));
      }
    }
    System.out.print(grid.markdown("", Figures::plain));
  }
}
