package io.reseal.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.core.CoreFiles;
import io.reseal.core.NativeCore;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.SealProof;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The order of pieces is found by the CommD that they have to give. */
class PieceOrdersIT {

  private static final SealProof PROOF = SealProof.KIB_2_V1_1;

  private final NativeCore core = NativeCore.load(CoreFiles.anywhere(System.getenv()));
  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  private Piece piece(long size, long offset) {
    byte[] commitment = new byte[32];
    random.nextBytes(commitment);
    commitment[31] &= 0x3f;
    return new Piece(Cid.unsealed(Commitment.of(commitment)), size, offset);
  }

  private Optional<List<Piece>> find(List<Piece> sealed, List<Piece> recorded) throws Exception {
    Commitment commD = core.commD(PROOF, PieceLayout.complete(PROOF.size(), sealed));
    return new PieceOrders<>(PROOF, commD, core).find(PieceLayout.complete(PROOF.size(), recorded));
  }

  /** The same pieces, one after the other in this order. */
  private static List<Piece> laid(List<Piece> pieces) {
    List<Piece> laid = new ArrayList<>();
    long end = 0;
    for (Piece piece : pieces) {
      long offset = PieceLayout.nextOffset(end, piece.size());
      laid.add(new Piece(piece.cid(), piece.size(), offset));
      end = offset + piece.size();
    }
    return laid;
  }

  // Seen to fail: with offsets that are kept as they are recorded.
  @Test
  void piecesOfAnySizesInAnyOrderAreFound() throws Exception {
    List<Piece> sealed =
        laid(List.of(piece(128, 0), piece(256, 0), piece(128, 0), piece(512, 0), piece(128, 0)));
    List<Piece> shuffled = new ArrayList<>(sealed);
    Collections.shuffle(shuffled, random);
    assertThat(find(sealed, laid(shuffled))).as("seed %d", seed).contains(sealed);
  }

  @Test
  void aPieceThatIsNotAtTheFirstPlaceIsFoundThere() throws Exception {
    Piece piece = piece(256, 0);
    assertThat(find(List.of(piece), List.of(new Piece(piece.cid(), 256, 1024))))
        .contains(List.of(piece));
  }

  @Test
  void otherPiecesAreNotFound() throws Exception {
    assertThat(find(List.of(piece(256, 0)), List.of(piece(256, 0)))).isEmpty();
    assertThat(find(List.of(piece(256, 0), piece(1024, 1024)), List.of(piece(256, 0)))).isEmpty();
  }

  @Test
  void moreOrdersThanCanBeTriedAreNot() throws Exception {
    List<Piece> seven = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      seven.add(piece(128, 128L * i));
    }
    assertThat(find(seven, seven)).isEmpty();
  }
}
