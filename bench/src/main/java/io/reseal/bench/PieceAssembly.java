package io.reseal.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.sector.SealProof;
import io.reseal.standin.DirectProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How fast a piece is read, verified, padded and written, next to a plain copy of its file and to
 * the proofs library's two calls for it.
 */
public final class PieceAssembly {

  private static final double GIBIBYTE = 1L << 30;

  /**
   * A line of its table, as text.
   *
   * @param how which method was measured
   * @param runs how often
   * @param median seconds of these
   * @param least the least
   * @param most the most
   * @param rate padded GiB a second in the median run
   * @param speed how many times as fast as the library's two calls
   * @param target the goal, or empty
   */
  public record Line(
      String how,
      int runs,
      String median,
      String least,
      String most,
      String rate,
      String speed,
      String target) {}

  private PieceAssembly() {}

  /** Assembles a piece that fills a sector of this size several times, in a directory. */
  public static List<Line> measure(
      Map<String, String> environment, SealProof proof, int runs, Path directory)
      throws IOException {
    return lines(
        DirectProgram.find(environment).assemble(proof.size().toString(), runs, directory));
  }

  static List<Line> lines(JsonNode measured) {
    long size = measured.get("size").asLong();
    Figures direct = figures(measured, "direct_millis");
    return List.of(
        line("plain copy", size, figures(measured, "copy_millis"), direct, ""),
        line("generate_piece_commitment, add_piece", size, direct, direct, ""),
        line("Reseal", size, figures(measured, "reseal_millis"), direct, ">= 1.5"));
  }

  private static Figures figures(JsonNode measured, String field) {
    List<Long> millis = new ArrayList<>();
    measured.get("runs").forEach(run -> millis.add(run.get(field).asLong()));
    return Figures.of(millis);
  }

  private static Line line(String how, long size, Figures millis, Figures direct, String target) {
    return new Line(
        how,
        millis.runs(),
        seconds(millis.median()),
        seconds(millis.least()),
        seconds(millis.most()),
        text("%.2f GiB/s", size / GIBIBYTE / millis.median() * 1000),
        text("%.2f", direct.median() / millis.median()),
        target);
  }

  private static String seconds(double millis) {
    return text("%.3f s", millis / 1000);
  }

  private static String text(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
