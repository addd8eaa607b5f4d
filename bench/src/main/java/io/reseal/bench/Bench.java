package io.reseal.bench;

import io.reseal.plan.Step;
import io.reseal.sector.SealProof;
import io.reseal.standin.DirectProgram;
import io.reseal.standin.SlowPieceStore;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures rebuilds in a running embedded installation: each sector is sealed by the proofs
 * library's own calls first, which gives the expected CommR, and then rebuilt with the command that
 * an operator would use.
 */
public final class Bench implements AutoCloseable {

  private static final int WARM_UPS = 2;
  private static final int SMALL_RUNS = 10;
  private static final int COMPARED_RUNS = 3;
  private static final int CHAIN_SECTORS = 10_000;
  private static final int SURVEYED_SECTORS = 100_000;

  /**
   * What was measured, and on which machine.
   *
   * @param machine the machine
   * @param rows the table's lines
   * @param pieces the lines of the table of piece assembly
   * @param repairs the lines of the table of losses
   */
  public record Result(
      Machine machine,
      List<Row> rows,
      List<PieceAssembly.Line> pieces,
      List<RepairCosts.Line> repairs) {}

  /**
   * One run of the comparison.
   *
   * @param direct by the library's own calls
   * @param reseal by a rebuild
   */
  private record Pair(DirectProgram.Times direct, RebuildTimes reseal) {}

  /** What was measured, with the machine that this process runs on. */
  public static Result result(
      List<Row> rows, List<PieceAssembly.Line> pieces, List<RepairCosts.Line> repairs)
      throws IOException {
    return new Result(Machine.here(), rows, pieces, repairs);
  }

  private final Subject subject;
  private final Consumer<String> progress;
  private final DownloadBesidePc1 downloads;
  private final List<RebuildTimes> all = new ArrayList<>();

  /**
   * For a running embedded installation.
   *
   * @param home its directory
   * @param reseal runs a command of the program in that installation
   * @param progress receives a line for each run
   * @param store the piece store of the installation's worker; it sends the {@link #farPieces}
   */
  public Bench(
      Path home,
      Map<String, String> environment,
      Program reseal,
      Consumer<String> progress,
      SlowPieceStore store) {
    this.subject = new Subject(home, environment, reseal, progress);
    this.progress = progress;
    this.downloads = new DownloadBesidePc1(subject, store, farPieces(home), environment);
  }

  /** The directory of pieces that can only be downloaded. */
  public static Path farPieces(Path home) {
    return home.resolve("far-pieces");
  }

  /** The measurements that take a few minutes. */
  public List<Row> quick() throws IOException {
    List<RebuildTimes> small = small();
    List<Row> compared = compare(SealProof.MIB_8_V1_1, COMPARED_RUNS, "");
    List<Row> rows = new ArrayList<>();
    rows.add(
        Row.seconds(
            "2KiB rebuild, request to finished",
            Figures.of(small.stream().map(RebuildTimes::millis).toList()),
            "<= 3 s"));
    rows.add(
        Row.share(
            "  of it outside the core's stages",
            Figures.of(small.stream().map(RebuildTimes::outsideCore).toList())));
    rows.add(
        Row.count(
            "  history events", Figures.of(small.stream().map(RebuildTimes::events).toList()), ""));
    rows.add(
        Row.millis(
            "a stage's end to the next one's start",
            Figures.of(all.stream().flatMap(times -> times.gaps().stream()).toList()),
            "<= 100 ms"));
    rows.addAll(compared);
    rows.addAll(downloads.rows(SealProof.MIB_8_V1_1, COMPARED_RUNS, ""));
    rows.addAll(new Reactions(subject).rows());
    rows.addAll(
        new ChainImportTimes(subject::say).rows(subject.catalog().findings(), CHAIN_SECTORS));
    rows.addAll(new SurveyTimes(subject::say).rows(SURVEYED_SECTORS));
    return rows;
  }

  /** PC1 and PC2 of one large size, which may take long. */
  public List<Row> large(SealProof proof, int runs) throws IOException {
    return compare(proof, runs, "<= 1.02");
  }

  /** PC1 of one large size while its piece is downloaded. */
  public List<Row> largeDownload(SealProof proof, int runs) throws IOException {
    return downloads.rows(proof, runs, "<= 1.05");
  }

  /** Many rebuilds at once, then lists of a large catalog; needs several sealing threads. */
  public List<Row> many(int rebuilds) throws IOException, SQLException {
    List<Row> rows = new ArrayList<>(new ManyRebuilds(subject).rows(rebuilds));
    rows.addAll(new ListTimes(subject).rows());
    return rows;
  }

  /** What each loss of files costs, next to a full rebuild of the same sector. */
  public List<RepairCosts.Line> repairs(SealProof proof, int runs) throws IOException {
    return new RepairCosts(subject).lines(proof, runs);
  }

  private List<RebuildTimes> small() throws IOException {
    List<RebuildTimes> measured = new ArrayList<>();
    for (int run = 1 - WARM_UPS; run <= SMALL_RUNS; run++) {
      RebuildTimes times = pair(SealProof.KIB_2_V1_1).reseal();
      if (run > 0) {
        progress.accept("2KiB rebuild %d: %d ms".formatted(run, times.millis()));
        measured.add(times);
      }
    }
    all.addAll(measured);
    return measured;
  }

  private List<Row> compare(SealProof proof, int runs, String target) throws IOException {
    List<Pair> pairs = new ArrayList<>();
    for (int run = 1; run <= runs; run++) {
      Pair pair = pair(proof);
      progress.accept(
          "%s, run %d: PC1 %d ms, directly %d ms; PC2 %d ms, directly %d ms"
              .formatted(
                  proof.size(),
                  run,
                  pair.reseal.of(Step.PC1),
                  pair.direct.pc1Millis(),
                  pair.reseal.of(Step.PC2),
                  pair.direct.pc2Millis()));
      pairs.add(pair);
      all.add(pair.reseal);
    }
    return List.of(
        Row.compared(
            "PC1 of " + proof.size(),
            Figures.of(pairs.stream().map(pair -> pair.reseal.of(Step.PC1)).toList()),
            Figures.of(pairs.stream().map(pair -> pair.direct.pc1Millis()).toList()),
            target),
        Row.compared(
            "PC2 of " + proof.size(),
            Figures.of(pairs.stream().map(pair -> pair.reseal.of(Step.PC2)).toList()),
            Figures.of(pairs.stream().map(pair -> pair.direct.pc2Millis()).toList()),
            target));
  }

  /** Seals a new sector with one piece directly, then rebuilds it. */
  private Pair pair(SealProof proof) throws IOException {
    Subject.Sealed sector = subject.seal(proof, subject.piece(proof));
    return new Pair(sector.direct(), subject.rebuild(sector.id()));
  }

  @Override
  public void close() {
    subject.close();
  }
}
