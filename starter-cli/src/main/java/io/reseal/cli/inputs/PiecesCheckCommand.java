package io.reseal.cli.inputs;

import io.reseal.catalog.Catalog;
import io.reseal.cli.arguments.SectorLookup;
import io.reseal.cli.arguments.SectorsMixin;
import io.reseal.cli.arguments.WorkerFileMixin;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.cli.shell.Services;
import io.reseal.cli.shell.Shell;
import io.reseal.cli.show.OutputMixin;
import io.reseal.cli.show.Table;
import io.reseal.config.WorkerConfig;
import io.reseal.files.Stores;
import io.reseal.pieces.Answer;
import io.reseal.pieces.PieceSources;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows where the data of sectors' pieces can be found, without downloading any. */
@Command(
    name = "check",
    description = {
      "Look for the pieces of sectors in every place that a sealing host knows, and show each"
          + " answer. Downloads nothing, changes nothing.",
      "Exit status 0 if every piece was found, otherwise 1."
    })
public final class PiecesCheckCommand implements Callable<Integer> {

  private final Shell shell;

  @Mixin private WorkerFileMixin worker;

  @Mixin private SectorsMixin sectors;

  @Mixin private OutputMixin output;

  public PiecesCheckCommand(Shell shell) {
    this.shell = shell;
  }

  /**
   * What one place answered.
   *
   * @param place a path, a URL, a bucket's object
   * @param verdict {@code here}, {@code offered}, {@code absent}, {@code unfit}, {@code refused} or
   *     {@code unreachable}
   * @param answer the reason or the size
   */
  record Place(String place, String verdict, String answer) {

    static Place of(Answer answer) {
      return new Place(
          answer.place(), answer.verdict().name().toLowerCase(Locale.ROOT), answer.text());
    }
  }

  /**
   * Where a piece can be found.
   *
   * @param sector the sector it belongs to
   * @param cid its CID
   * @param size its padded bytes
   * @param offset padded bytes from the sector's start
   * @param reachable whether at least one place has it
   * @param places every place that was asked
   */
  public record Check(
      SectorId sector, String cid, long size, long offset, boolean reachable, List<Place> places) {}

  @Override
  public Integer call() throws InterruptedException {
    WorkerConfig config = worker.require(shell, "the places of pieces");
    List<Check> checks;
    try (Services services = shell.services()) {
      checks = check(config, services.catalog());
    }
    output.print(shell.out(), checks, () -> text(checks));
    return checks.stream().allMatch(Check::reachable) ? ExitStatus.DONE : ExitStatus.FAILED;
  }

  private List<Check> check(WorkerConfig config, Catalog catalog) throws InterruptedException {
    Stores stores = Stores.of(config);
    PieceSources sources =
        PieceSources.of(config, stores, catalog.sectors()::holding, shell.environment());
    List<SectorRecord> records =
        sectors.sectors().stream().map(sector -> SectorLookup.require(catalog, sector)).toList();
    ExecutorService askers = Executors.newFixedThreadPool(config.pieces().parallel());
    try {
      List<Future<Check>> asked = new ArrayList<>();
      for (SectorRecord sector : records) {
        pieces(sector)
            .filter(piece -> !piece.isZero())
            .forEach(piece -> asked.add(askers.submit(() -> ask(sources, sector.id(), piece))));
      }
      List<Check> checks = new ArrayList<>();
      for (Future<Check> answer : asked) {
        checks.add(answer.get());
      }
      return checks;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      askers.shutdownNow();
    }
  }

  private static Stream<Piece> pieces(SectorRecord sector) {
    return sector.snap() == null
        ? sector.pieces().stream()
        : Stream.concat(sector.pieces().stream(), sector.snap().pieces().stream());
  }

  private static Check ask(PieceSources sources, SectorId sector, Piece piece)
      throws InterruptedException {
    List<Answer> answers = sources.survey(sector, piece);
    return new Check(
        sector,
        piece.cid(),
        piece.size(),
        piece.offset(),
        answers.stream().anyMatch(Answer::hasPiece),
        answers.stream().map(Place::of).toList());
  }

  private static String text(List<Check> checks) {
    Table table = new Table("Sector", "Piece", "Size", "Verdict", "Place", "Answer");
    for (Check check : checks) {
      String sector = check.sector().toString();
      String cid = check.cid();
      String size = Long.toString(check.size());
      if (check.places().isEmpty()) {
        table.add(sector, cid, size, "nowhere", "no place to ask", "");
      }
      for (Place place : check.places()) {
        table.add(sector, cid, size, place.verdict(), place.place(), place.answer());
        sector = "";
        cid = "";
        size = "";
      }
    }
    long reachable = checks.stream().filter(Check::reachable).count();
    return "%s%d of %d pieces were found.%n".formatted(table, reachable, checks.size());
  }
}
