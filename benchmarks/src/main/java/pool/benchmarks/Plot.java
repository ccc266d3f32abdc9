package pool.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.erichseifert.vectorgraphics2d.Document;
import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.geom.Rectangle2D;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.jfree.chart.ChartFactory;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.LogarithmicAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.renderer.category.LineAndShapeRenderer;
import org.jfree.data.category.DefaultCategoryDataset;

/**
 * A plot of what one of the parameters does to each peer.
 *
 * @param file its name, without the ending
 * @param x the parameter
 * @param y what is plotted, on a logarithmic axis
 */
record Plot(
    String file,
    String title,
    List<Measurement> measurements,
    String parameter,
    ToIntFunction<Measurement> x,
    String unit,
    ToDoubleFunction<Measurement> y) {

  private static final Font FONT = new Font(Font.DIALOG, Font.PLAIN, 12);
  private static final Rectangle2D AREA = new Rectangle2D.Double(0, 0, 760, 440);

  /** Okabe and Ito's, which the colour-blind can tell apart; black and blue are the pool's. */
  private static final List<Color> COLOURS =
      List.of(
          new Color(0x000000),
          new Color(0x0072B2),
          new Color(0xD55E00),
          new Color(0x009E73),
          new Color(0xE69F00),
          new Color(0xCC79A7),
          new Color(0x56B4E9),
          new Color(0x999999));

  boolean isEmpty() {
    return measurements.isEmpty();
  }

  void save(Path folder) throws IOException {
    VectorGraphics2D graphics = new VectorGraphics2D();
    chart().draw(graphics, AREA);
    Document svg =
        new SVGProcessor()
            .getDocument(graphics.getCommands(), new PageSize(AREA.getWidth(), AREA.getHeight()));
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    svg.writeTo(text);
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(file + ".svg"), withFont(text.toString(UTF_8)));
  }

  /** The library leaves out its default font, and browsers have another one. */
  private static String withFont(String svg) {
    return svg.replaceFirst("<svg ", "<svg style=\"font-family:sans-serif;font-size:12px\" ");
  }

  private JFreeChart chart() {
    JFreeChart chart = ChartFactory.createLineChart(title, parameter, unit, points());
    chart.setBackgroundPaint(Color.WHITE);
    CategoryPlot plot = chart.getCategoryPlot();
    plot.setBackgroundPaint(Color.WHITE);
    plot.setRangeGridlinePaint(Color.LIGHT_GRAY);
    LogarithmicAxis axis = new LogarithmicAxis(unit);
    axis.setExpTickLabelsFlag(false);
    axis.setTickLabelFont(FONT);
    axis.setLabelFont(FONT);
    plot.getDomainAxis().setLabelFont(FONT);
    plot.setRangeAxis(axis);
    LineAndShapeRenderer renderer = new LineAndShapeRenderer(true, true);
    for (int i = 0; i < plot.getDataset().getRowCount(); i++) {
      boolean ours = plot.getDataset().getRowKey(i).toString().startsWith("pool-");
      renderer.setSeriesStroke(i, new BasicStroke(ours ? 3 : 1.2f));
      renderer.setSeriesPaint(i, COLOURS.get(i % COLOURS.size()));
    }
    plot.setRenderer(renderer);
    return chart;
  }

  private DefaultCategoryDataset points() {
    DefaultCategoryDataset points = new DefaultCategoryDataset();
    for (Measurement each : measurements.stream().sorted(Comparator.comparingInt(x)).toList()) {
      points.addValue(y.applyAsDouble(each), each.param("by"), "%,d".formatted(x.applyAsInt(each)));
    }
    return points;
  }
}
