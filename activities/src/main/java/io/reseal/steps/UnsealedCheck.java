package io.reseal.steps;

import io.reseal.contract.SectorFacts;
import io.reseal.files.FileType;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.files.Store;
import io.reseal.files.UnsealedTrailer;
import io.reseal.pieces.CoreVerifier;
import io.reseal.pieces.PieceFile;
import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks unsealed copies, which hold the data that the sector holds now: for a snapped sector those
 * of its update.
 */
public final class UnsealedCheck {

  private UnsealedCheck() {}

  /**
   * What is wrong with each store's copy: nothing if it has the sector's size and a trailer that
   * can be read, and if, where that is wanted, all of it was read and has the recorded CommD.
   *
   * @param whole whether all of it is read
   */
  public static Map<Store, List<String>> faults(
      CopyCheck.Core core, SectorFacts facts, List<Store> stores, boolean whole)
      throws IOException, InterruptedException {
    Map<Store, List<String>> faults = new LinkedHashMap<>();
    for (Store store : stores) {
      if (store.holds(facts.sector(), FileType.UNSEALED)) {
        SectorFiles files = store.files(facts.sector());
        faults.put(
            store,
            whole
                ? fault(core, facts, files).stream().toList()
                : files.unsealedFaults(facts.proof()));
      }
    }
    return faults;
  }

  /** The form whose data the unsealed copy holds. */
  static Replica replica(SectorFacts facts) {
    return facts.snap() == null ? Replica.SEALED : Replica.UPDATE;
  }

  /**
   * What is wrong with the copy in a store, as a sentence; empty if nothing is. All of it is read.
   *
   * @param files the files of the store that has it
   */
  static Optional<String> fault(CopyCheck.Core core, SectorFacts facts, SectorFiles files)
      throws IOException, InterruptedException {
    Optional<String> form = files.unsealedFaults(facts.proof()).stream().findFirst();
    if (form.isPresent()) {
      return form;
    }
    Optional<String> absent = absentPiece(facts, files.unsealed());
    return absent.isPresent() ? absent : otherData(core, facts, files.unsealed());
  }

  /** A trailer may leave out fillers, as a miner writes it, but no data. */
  private static Optional<String> absentPiece(SectorFacts facts, Path file) throws IOException {
    List<Piece> pieces = ReplicaFacts.of(facts, replica(facts)).pieces();
    for (Piece piece : pieces) {
      if (!piece.isZero() && !UnsealedTrailer.covers(file, piece.offset(), piece.size())) {
        return Optional.of(
            "%s has no data at byte %d, according to its trailer".formatted(file, piece.offset()));
      }
    }
    return Optional.empty();
  }

  /** Why the data of a file do not have the recorded CommD; empty if they do. */
  static Optional<String> otherData(CopyCheck.Core core, SectorFacts facts, Path file)
      throws IOException, InterruptedException {
    PieceFile all = new PieceFile(file, 0, true);
    // CommD is the commitment of a piece that fills the sector.
    Piece sector =
        new Piece(
            Cid.unsealed(ReplicaFacts.of(facts, replica(facts)).commD()),
            facts.proof().size().bytes(),
            0);
    return CoreVerifier.fault(all, sector, () -> core.run(CoreVerifier.request(all, sector)))
        .map(fault -> "%s %s".formatted(file, fault));
  }
}
