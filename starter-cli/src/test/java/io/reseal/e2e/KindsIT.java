package io.reseal.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.bench.DirectProgram;
import io.reseal.catalog.SectorRecord;
import io.reseal.catalog.Snap;
import io.reseal.contract.StateChange;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sectors of every kind, sealed by the proofs library's own calls and lost, come back byte for
 * byte; but for t_aux, which holds the path it was written at. Ticket, pieces, gaps and number are
 * drawn anew each time.
 */
@ExtendWith(FleetExtension.class)
@Timeout(120)
class KindsIT {

  private static final long SECTOR_BYTES = 2048;

  private final Fleet fleet;
  private final DirectProgram stock = DirectProgram.find(System.getenv());
  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  KindsIT(Fleet fleet) {
    this.fleet = fleet;
  }

  // Meant to fail: with a proof type refused, and with the layers of V1 made for V1_1.
  @ParameterizedTest
  @EnumSource(names = {"KIB_2_V1", "KIB_2_V1_1", "KIB_2_SYNTHETIC", "KIB_2_NON_INTERACTIVE"})
  void sectorOfAnyProofTypeComesBack(SealProof proof) throws Exception {
    LostSector sector = lose(proof, layout(), null);
    fleet.rebuild(sector);
    assertSame(sector);
    assertThat(states(sector).contains("SyntheticPoRep"))
        .isEqualTo(proof == SealProof.KIB_2_SYNTHETIC);
  }

  // Meant to fail: with an update whose phi is drawn from the key's CommD, and with the key not
  // persisted.
  @ParameterizedTest
  @EnumSource(names = {"KIB_2_V1_1", "KIB_2_SYNTHETIC"})
  void snappedSectorComesBackWithItsKey(SealProof proof) throws Exception {
    LostSector sector = lose(proof, List.of(), layout());
    fleet.rebuild(sector);
    assertSame(sector);
    assertThat(states(sector))
        .containsSubsequence(
            "SealedChecked",
            "SnapPieceAdded",
            "SnapTreeDBuilt",
            "SnapEncoded",
            "SnapDone",
            "Persisted",
            "Finished");
    fleet.awaitNoScratch(sector);
    fleet.rebuild(sector);
    assertThat(states(sector))
        .as("nothing is lost")
        .containsExactly("Empty", "Allocated", "Finished");
    String update = "update/" + sector.id().fileName();
    Files.delete(fleet.store().resolve(update));
    fleet.rebuild(sector);
    assertSame(sector);
  }

  // Meant to fail: with an update that is stored although its CommR is another one.
  @Test
  void updateWithAnotherCommRIsNotStoredAndItsKeyIsKept() throws Exception {
    LostSector sector = loseUnrecorded(SealProof.KIB_2_V1_1, layout(), layout());
    SectorRecord right = sector.record();
    String other = Cid.sealed(new Commitment("07".repeat(32)));
    Snap wrong = new Snap(right.snap().commD(), other, right.snap().pieces());
    fleet.record(with(right, wrong));
    fleet.ask(sector);
    assertThat(fleet.awaitParked(sector).attention())
        .startsWith("Sector.UpdateInvalid")
        .contains("Its key has the recorded CommR");
    assertThat(LostSector.filesIn(fleet.store(), sector.id())).isEmpty();
    fleet.record(right);
    assertThat(fleet.sectors("resume", sector).status()).isZero();
    var unused = fleet.awaitState(sector, RebuildState.FINISHED);
    assertSame(sector);
    assertThat(fleet.changes(sector))
        .extracting(StateChange::step)
        .as("the key is sealed once")
        .containsOnlyOnce("PC1");
  }

  /** Pieces of any number, sizes and gaps between them that fit a sector. */
  private List<Piece> layout() throws IOException {
    List<Piece> pieces = new ArrayList<>();
    long offset = 0;
    while (offset < SECTOR_BYTES) {
      long size = 128L << random.nextInt(5);
      if (random.nextInt(4) > 0) {
        long aligned = (offset + size - 1) / size * size;
        if (aligned + size <= SECTOR_BYTES) {
          pieces.add(fleet.sealer().piece(size, aligned));
          offset = aligned;
        }
      }
      offset += size;
    }
    return pieces;
  }

  private LostSector lose(SealProof proof, List<Piece> pieces, List<Piece> update)
      throws Exception {
    LostSector lost = loseUnrecorded(proof, pieces, update);
    fleet.record(lost.record());
    return lost;
  }

  /**
   * @param update the pieces it was snapped to, or null
   */
  private LostSector loseUnrecorded(SealProof proof, List<Piece> pieces, List<Piece> update)
      throws Exception {
    Map<String, String> files = new TreeMap<>();
    List<Snap> snaps = new ArrayList<>();
    var id = fleet.nextSector();
    SectorRecord sealed =
        fleet
            .sealer()
            .seal(
                id,
                proof,
                pieces,
                request -> {
                  String commR = stock.seal(request).commR();
                  Path work = Path.of(request.get("sealed").asText()).getParent();
                  if (update != null) {
                    snaps.add(snap(proof, update, request, commR, work));
                  }
                  collect(files, id.fileName(), work);
                  return commR;
                });
    return new LostSector(snaps.isEmpty() ? sealed : with(sealed, snaps.get(0)), files);
  }

  private Snap snap(SealProof proof, List<Piece> update, ObjectNode key, String keyCommR, Path work)
      throws IOException {
    Path data = work.resolve("data");
    String commD = fleet.sealer().assemble(proof, update, data);
    ObjectNode request =
        key.objectNode()
            .put("proof", proof.toString())
            .put("comm_d", commD)
            .put("key_comm_r", keyCommR)
            .put("unsealed", data.toString())
            .put("sealed", key.get("sealed").asText())
            .put("cache", key.get("cache").asText())
            .put("update", work.resolve("update").toString())
            .put("update_cache", Files.createDirectory(work.resolve("update-cache")).toString());
    request.set("pieces", fleet.sealer().pieces(proof, update));
    String commR = stock.snap(request);
    return new Snap(Cid.unsealed(new Commitment(commD)), Cid.sealed(new Commitment(commR)), update);
  }

  /** The files that a miner keeps, by their places in a store. */
  private static void collect(Map<String, String> files, String name, Path work) {
    for (String kind : List.of("sealed", "cache", "update", "update-cache")) {
      Path top = work.resolve(kind);
      if (Files.exists(top)) {
        LostSector.tree(top, top)
            .forEach(
                (file, content) -> {
                  if (file.isEmpty() || file.equals("p_aux") || file.contains("tree-r-last")) {
                    files.put(
                        file.isEmpty() ? kind + "/" + name : kind + "/" + name + "/" + file,
                        content);
                  }
                });
      }
    }
  }

  private static SectorRecord with(SectorRecord sealed, Snap snap) {
    return new SectorRecord(
        sealed.id(),
        sealed.proof(),
        sealed.ticket(),
        sealed.seed(),
        sealed.seedEpoch(),
        sealed.proofDue(),
        sealed.commD(),
        sealed.commR(),
        sealed.pieces(),
        sealed.source(),
        sealed.recordJson(),
        snap,
        null);
  }

  private void assertSame(LostSector sector) {
    Map<String, String> stored = new TreeMap<>(LostSector.filesIn(fleet.store(), sector.id()));
    stored.keySet().removeIf(file -> file.endsWith("/t_aux"));
    assertThat(stored).as("drawn by %d: %s", seed, sector.record()).isEqualTo(sector.files());
  }

  private List<String> states(LostSector sector) {
    var unused = fleet.awaitState(sector, RebuildState.FINISHED);
    return fleet.changes(sector).stream().map(change -> change.state().toString()).toList();
  }
}
