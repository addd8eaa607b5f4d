package io.reseal.steps;

import io.reseal.contract.CheckLevel;
import io.reseal.contract.SectorFacts;
import io.reseal.files.Store;
import io.reseal.files.Stores;
import io.reseal.pieces.PieceMissingException;
import io.reseal.pieces.PieceUnfitException;
import io.reseal.pieces.Pieces;
import io.reseal.plan.Survivor;
import io.reseal.plan.Survivor.Trust;
import io.reseal.plan.Survivors;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A part of the step that looks for what is left of a sector: whether a store has its unsealed copy
 * intact, and if not, how it is made.
 */
final class UnsealedSearch {

  /** Looks for pieces on the host and elsewhere. */
  interface PieceSearch {
    Pieces.Look look(List<Piece> pieces) throws Exception;
  }

  private final Stores stores;
  private final Survey survey;
  private final StoredCopies.Records records;

  UnsealedSearch(Stores stores, Survey survey, StoredCopies.Records records) {
    this.stores = stores;
    this.survey = survey;
    this.records = records;
  }

  /** For a rebuild that makes nothing else. A piece that is missing and needed ends the step. */
  StepOutcome only(StepInputs inputs, StepWork work, PieceSearch pieces) throws Exception {
    stores.settle(inputs.facts().sector(), inputs.fence());
    List<String> faults = new ArrayList<>();
    Survivors left = left(inputs, work, faults);
    Optional<String> intact = left.unsealedIn(Trust.VERIFIED);
    if (intact.isPresent()) {
      return StepOutcome.of(there(intact.get()) + note(faults))
          .unsealing(new Unsealing(Unsealing.From.NOTHING, true), 0)
          .intactIn(intact.get());
    }
    Way way = way(inputs, left, pieces);
    if (way.missing() != null && way.from() == Unsealing.From.PIECES) {
      throw way.missing();
    }
    return StepOutcome.of(way.detail() + note(faults))
        .unsealing(new Unsealing(way.from(), true), way.toDownload());
  }

  /**
   * For a rebuild that makes good what else is lost, too. If the copy cannot be made, the rebuild
   * goes on without it and says so.
   *
   * @param found what else the step has found
   */
  StepOutcome also(StepInputs inputs, StepWork work, PieceSearch pieces, StepOutcome found)
      throws Exception {
    List<String> faults = new ArrayList<>();
    Survivors left = left(inputs, work, faults);
    Optional<String> intact = left.unsealedIn(Trust.VERIFIED);
    if (intact.isPresent()) {
      return without(found, there(intact.get()) + note(faults));
    }
    boolean nothingElse = found.intactIn() != null;
    if (!nothingElse && !found.keepsAll()) {
      return found
          .and("the unsealed copy is kept" + note(faults))
          .unsealing(new Unsealing(Unsealing.From.ASSEMBLED, false), found.toDownload());
    }
    Way way = way(inputs, left, pieces);
    if (way.missing() != null && way.from() == Unsealing.From.PIECES) {
      return without(
          found, "the unsealed copy cannot be made: " + way.missing().getMessage() + note(faults));
    }
    return found
        .intactIn(null)
        .and("for the unsealed copy " + way.detail() + note(faults))
        .unsealing(new Unsealing(way.from(), nothingElse), way.toDownload());
  }

  private static StepOutcome without(StepOutcome found, String why) {
    return found
        .and(why)
        .unsealing(new Unsealing(Unsealing.From.NOTHING, false), found.toDownload());
  }

  /** What stores have. Unsealed copies are read in full until one has the recorded CommD. */
  private Survivors left(StepInputs inputs, StepWork work, List<String> faults) throws Exception {
    Survivors bySize = survey.bySize(inputs.facts());
    List<Survivor> files = new ArrayList<>();
    boolean found = false;
    for (Survivor file : bySize.files()) {
      boolean isRead = file.kind() == Survivor.Kind.UNSEALED && !found;
      files.add(isRead ? file.trusted(read(inputs, work, file.store(), faults)) : file);
      found |= isRead && files.get(files.size() - 1).trust() == Trust.VERIFIED;
    }
    return bySize.with(files);
  }

  private Trust read(StepInputs inputs, StepWork work, String name, List<String> faults)
      throws Exception {
    SectorFacts facts = inputs.facts();
    Optional<Store> store = stores.named(name);
    if (store.isEmpty()) {
      return Trust.DAMAGED;
    }
    List<String> wrong =
        UnsealedCheck.fault(work::run, facts, store.get().files(facts.sector())).stream().toList();
    work.throwIfStopped();
    CatalogOutage.leftOut(
        work,
        () -> {
          records.unsealedChecked(facts.sector(), store.get(), CheckLevel.FULL, wrong);
          return true;
        });
    faults.addAll(wrong);
    return wrong.isEmpty() ? Trust.VERIFIED : Trust.DAMAGED;
  }

  private static String there(String store) {
    return "store \"%s\" has the unsealed copy, its CommD is the recorded one".formatted(store);
  }

  private static String note(List<String> faults) {
    return faults.isEmpty() ? "" : "; not intact and replaced: " + String.join("; ", faults);
  }

  /**
   * A way to get the data.
   *
   * @param missing why the pieces cannot be had, or null
   */
  private record Way(Unsealing.From from, int toDownload, Exception missing, String detail) {}

  private Way way(StepInputs inputs, Survivors left, PieceSearch search) throws Exception {
    SectorFacts facts = inputs.facts();
    List<Piece> pieces = ReplicaFacts.of(facts, UnsealedCheck.replica(facts)).pieces();
    Unsealing.Pieces where = Unsealing.Pieces.MISSING;
    int toDownload = 0;
    Exception missing = null;
    try {
      Pieces.Look look = search.look(pieces);
      toDownload = look.toDownload().size();
      where = toDownload == 0 ? Unsealing.Pieces.HERE : Unsealing.Pieces.ELSEWHERE;
    } catch (PieceMissingException | PieceUnfitException e) {
      missing = e;
    }
    if (inputs.withoutPieces()) {
      where = Unsealing.Pieces.MISSING;
    }
    Unsealing.From from = Unsealing.cheapest(left, where, !facts.hasData());
    boolean assembles = from == Unsealing.From.PIECES;
    return new Way(from, assembles ? toDownload : 0, missing, detail(from, toDownload));
  }

  private static String detail(Unsealing.From from, int toDownload) {
    return switch (from) {
      case KEY -> "the data are decoded from the update with its key";
      case LABELS -> "the data are decoded with the last layer, for which the sector is labelled";
      default ->
          toDownload == 0
              ? "the pieces are on this host"
              : "%d pieces are to be downloaded".formatted(toDownload);
    };
  }
}
