package pool.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;

/**
 * Where the processors were, as an SVG: each box is a method, as wide as the share of samples in it
 * and in what it called, which stands on it (Brendan Gregg, "The Flame Graph", 2016). The samples
 * are those of a JFR recording.
 */
final class FlameGraph {

  private static final int WIDTH = 1_200;
  private static final int ROW = 18;
  private static final int MARGIN = 30;
  private static final double LETTER = 6.6; // of the font, in pixels
  private static final double NARROWEST = 0.5;

  /** A method on a stack, or the thread at its foot. */
  private static final class Frame {

    private final String color;
    private final Map<String, Frame> callees = new TreeMap<>();
    private long samples;

    private Frame(String color) {
      this.color = color;
    }

    private Frame callee(String name, String color) {
      return callees.computeIfAbsent(name, _ -> new Frame(color));
    }

    private int depth() {
      return 1 + callees.values().stream().mapToInt(Frame::depth).max().orElse(0);
    }
  }

  private static final String OURS = "#f4b183";
  private static final String OF_THE_JDK = "#b7d4ea";
  private static final String OTHERS = "#d5d5d5";

  private final Frame root = new Frame(OTHERS);
  private final StringBuilder svg = new StringBuilder();

  private FlameGraph() {}

  static void write(Path recording, String title, Path file) throws IOException {
    FlameGraph graph = new FlameGraph();
    for (RecordedEvent event : RecordingFile.readAllEvents(recording)) {
      if (event.getEventType().getName().equals("jdk.ExecutionSample")) {
        graph.add(event);
      }
    }
    if (graph.root.samples == 0) {
      throw new IOException("no samples in " + recording);
    }
    Files.writeString(file, graph.draw(title));
  }

  private void add(RecordedEvent event) {
    String thread = role(event);
    if (thread.isEmpty() || event.getStackTrace() == null) {
      return;
    }
    Frame at = root;
    at.samples++;
    at = at.callee(thread, OTHERS);
    at.samples++;
    List<RecordedFrame> frames = event.getStackTrace().getFrames();
    for (RecordedFrame frame : frames.reversed()) { // the first is the innermost
      at = at.callee(name(frame), color(frame));
      at.samples++;
    }
  }

  /** Those that the benchmark is about; not the compiler, the collector, or JMH. */
  private static String role(RecordedEvent event) {
    var thread = event.getThread("sampledThread");
    String name = thread == null || thread.getJavaName() == null ? "" : thread.getJavaName();
    if (name.startsWith("benchmark-")) {
      return "workers";
    }
    return name.contains("SubmitBenchmark") || name.startsWith("submitter") ? "submitter" : "";
  }

  private static String name(RecordedFrame frame) {
    String type = frame.getMethod().getType().getName();
    return type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethod().getName();
  }

  private static String color(RecordedFrame frame) {
    String type = frame.getMethod().getType().getName();
    if (type.startsWith("pool.core.")) {
      return OURS;
    }
    return type.startsWith("java.") || type.startsWith("jdk.") ? OF_THE_JDK : OTHERS;
  }

  private String draw(String title) {
    int height = MARGIN + root.depth() * ROW + 10;
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="monospace" font-size="11">
        <rect width="100%%" height="100%%" fill="#ffffff"/>
        <text x="10" y="18" font-size="13">%s, %d samples</text>
        """
            .formatted(WIDTH, height, escaped(title), root.samples));
    double x = 0;
    for (Map.Entry<String, Frame> each : root.callees.entrySet()) {
      x += draw(each.getKey(), each.getValue(), x, height - 10 - ROW);
    }
    return svg.append("</svg>\n").toString();
  }

  /** Draws a box and what stands on it, and returns its width. */
  private double draw(String name, Frame frame, double x, double y) {
    double width = (double) WIDTH * frame.samples / root.samples;
    if (width < NARROWEST) {
      return width;
    }
    int letters = (int) ((width - 4) / LETTER);
    svg.append(
        String.format(
            Locale.ROOT,
            """
            <g><title>%s: %.1f %%</title><rect x="%.1f" y="%.0f" width="%.1f" height="%d" fill="%s" stroke="#ffffff"/>\
            <text x="%.1f" y="%.0f">%s</text></g>
            """,
            escaped(name),
            100.0 * frame.samples / root.samples,
            x,
            y,
            width,
            ROW,
            frame.color,
            x + 3,
            y + 13,
            letters < 4 ? "" : escaped(name.substring(0, Math.min(letters, name.length())))));
    double next = x;
    for (Map.Entry<String, Frame> each : frame.callees.entrySet()) {
      next += draw(each.getKey(), each.getValue(), next, y - ROW);
    }
    return width;
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
