package io.reseal.files;

import static io.reseal.sector.RebuildState.ALLOCATED;
import static io.reseal.sector.RebuildState.PC1_DONE;
import static io.reseal.sector.RebuildState.PC2_DONE;
import static io.reseal.sector.RebuildState.PIECE_ADDED;
import static io.reseal.sector.RebuildState.SEALED_CHECKED;
import static io.reseal.sector.RebuildState.SNAP_DONE;
import static io.reseal.sector.RebuildState.SNAP_ENCODED;
import static io.reseal.sector.RebuildState.SNAP_PIECE_ADDED;
import static io.reseal.sector.RebuildState.SNAP_TREE_D_BUILT;
import static io.reseal.sector.RebuildState.SYNTHETIC_POREP;
import static io.reseal.sector.RebuildState.TREE_D_BUILT;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.SectorFacts;
import io.reseal.contract.SectorFactsBuilder;
import io.reseal.contract.SnapFacts;
import io.reseal.plan.Unsealing;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The states that a rebuild can go back to. */
class UsableStatesTest {

  private static final SectorFacts FACTS = TestSector.facts(7);
  private static final int SECTOR = 2048;

  @TempDir Path location;

  private Scratch scratch;
  private SectorFiles files;

  @BeforeEach
  void everythingStands() throws IOException {
    scratch = new Scratch(location);
    scratch.claim(FACTS);
    everyFileStands();
  }

  private void everyFileStands() throws IOException {
    files = TestSector.write(location, 1);
    Files.write(files.unsealed(), new byte[SECTOR]);
    Files.write(files.treeD(), new byte[2 * SECTOR - 32]);
    Files.write(files.cacheDir().resolve("sc-02-data-tree-c.dat"), new byte[73 * 32]);
    layers("07".repeat(32), 1, 2);
  }

  private void layers(String replica, int... numbers) throws IOException {
    StringBuilder layers = new StringBuilder();
    for (int number : numbers) {
      Files.write(files.layer(number), new byte[SECTOR]);
      layers.append(layers.isEmpty() ? "" : ",").append("\"%d\":\"00\"".formatted(number));
    }
    Files.writeString(
        files.layersRecord(), "{\"replica_id\":\"%s\",\"layers\":{%s}}".formatted(replica, layers));
  }

  private List<RebuildState> usable(SectorFacts facts) throws IOException {
    return usable(facts, scratch.files(facts.sector()));
  }

  private List<RebuildState> usable(SectorFacts facts, SectorFiles sealed) throws IOException {
    return new UsableStates(scratch, facts, sealed).find();
  }

  @Test
  void allOfThemWhereAllFilesStand() throws IOException {
    assertThat(usable(FACTS))
        .containsExactly(
            ALLOCATED, PIECE_ADDED, TREE_D_BUILT, PC1_DONE, PC2_DONE, SEALED_CHECKED, SNAP_DONE);
  }

  // Seen to fail: with no look at the owner file.
  @Test
  void onlyTheFirstWhereTheFilesAreOfAnotherReplica() throws IOException {
    assertThat(usable(TestSector.facts(8))).containsExactly(ALLOCATED);
  }

  @Test
  void onlyTheFirstWhereNothingIsClaimed(@TempDir Path empty) throws IOException {
    assertThat(new UsableStates(new Scratch(empty), FACTS, files).find())
        .containsExactly(ALLOCATED);
  }

  // Seen to fail: with a look at the layers' files alone.
  @Test
  void layersWithoutTheirDigestsAreNone() throws IOException {
    layers("07".repeat(32), 1);
    assertThat(usable(FACTS)).containsExactly(ALLOCATED, PIECE_ADDED, TREE_D_BUILT, SNAP_DONE);
    layers("08".repeat(32), 1, 2);
    assertThat(usable(FACTS)).doesNotContain(PC1_DONE);
    Files.writeString(files.layersRecord(), "{");
    assertThat(usable(FACTS)).doesNotContain(PC1_DONE);
  }

  // Seen to fail: with an update, or its data, offered whose key is gone.
  @Test
  void thoseOfTheUpdateToo() throws IOException {
    SectorFacts snapped = snapped();
    assertThat(usable(snapped)).endsWith(SEALED_CHECKED);
    files = TestSector.write(location, 1, TestSector.SNAPPED);
    Files.write(files.updateData(), new byte[SECTOR]);
    Files.write(files.updateTreeD(), new byte[2 * SECTOR - 32]);
    assertThat(usable(snapped))
        .endsWith(SEALED_CHECKED, SNAP_PIECE_ADDED, SNAP_TREE_D_BUILT, SNAP_ENCODED, SNAP_DONE);
    Files.delete(files.updateData());
    assertThat(usable(snapped)).endsWith(SEALED_CHECKED, SNAP_ENCODED, SNAP_DONE);
    Files.write(files.updateData(), new byte[SECTOR]);
    Files.delete(files.sealed());
    assertThat(usable(snapped)).endsWith(PC1_DONE);
  }

  // Seen to fail: with the key looked for in scratch alone.
  @Test
  void thoseOfTheUpdateOverAKeyThatAStoreKeeps(@TempDir Path store) throws IOException {
    SectorFacts snapped = snapped();
    scratch.remove(FACTS.sector());
    scratch.claim(snapped);
    files = scratch.files(FACTS.sector());
    SectorFiles key = TestSector.write(store, 1);
    assertThat(usable(snapped, key)).containsExactly(ALLOCATED, SEALED_CHECKED);
    Files.write(files.updateData(), new byte[SECTOR]);
    assertThat(usable(snapped, key)).endsWith(SEALED_CHECKED, SNAP_PIECE_ADDED);
    TestSector.write(location, 1, TestSector.SNAPPED.withoutKey());
    assertThat(usable(snapped, key))
        .containsExactly(ALLOCATED, SEALED_CHECKED, SNAP_PIECE_ADDED, SNAP_ENCODED, SNAP_DONE);
    Files.delete(key.pAux());
    assertThat(usable(snapped, key)).containsExactly(ALLOCATED);
  }

  private static SectorFacts snapped() {
    return SectorFactsBuilder.like(FACTS)
        .snap(new SnapFacts(FACTS.commD(), FACTS.commR(), List.of()))
        .build();
  }

  // Seen to fail: with the synthetic proofs taken for there.
  @Test
  void thatOfTheSyntheticProofsWhereTheyAre() throws IOException {
    SectorFacts synthetic = SectorFactsBuilder.like(FACTS).proof(SealProof.KIB_2_SYNTHETIC).build();
    scratch.remove(FACTS.sector());
    scratch.claim(synthetic);
    everyFileStands();
    assertThat(usable(synthetic))
        .doesNotContain(SYNTHETIC_POREP, SEALED_CHECKED)
        .contains(PC2_DONE);
    Files.write(files.syntheticProofs(), new byte[1]);
    assertThat(usable(synthetic)).contains(SYNTHETIC_POREP, SEALED_CHECKED);
  }

  // Seen to fail: with trees and data asked for that no unsealed copy is made of; with labels that
  // are taken for finished.
  @Test
  void ofARebuildThatOnlyUnseals() throws IOException {
    SectorFacts snapped = snapped();
    Files.delete(files.unsealed());
    Files.delete(files.treeD());
    Files.delete(files.sealed());
    Files.delete(files.layer(1));
    assertThat(unsealing(FACTS, Unsealing.From.LABELS))
        .containsExactly(ALLOCATED, PIECE_ADDED, TREE_D_BUILT, PC1_DONE, SEALED_CHECKED, SNAP_DONE);
    Files.delete(files.layer(2));
    assertThat(unsealing(FACTS, Unsealing.From.LABELS))
        .containsExactly(ALLOCATED, PIECE_ADDED, TREE_D_BUILT);
    assertThat(unsealing(snapped, Unsealing.From.KEY))
        .containsExactly(ALLOCATED, SEALED_CHECKED, SNAP_DONE);
    assertThat(unsealing(FACTS, Unsealing.From.PIECES)).containsExactly(ALLOCATED);
    assertThat(unsealing(snapped, Unsealing.From.PIECES))
        .containsExactly(ALLOCATED, SEALED_CHECKED);
    Files.write(files.unsealed(), new byte[SECTOR]);
    assertThat(unsealing(FACTS, Unsealing.From.PIECES))
        .containsExactly(ALLOCATED, PIECE_ADDED, SEALED_CHECKED, SNAP_DONE);
    Files.createDirectories(files.updateData().getParent());
    Files.write(files.updateData(), new byte[SECTOR]);
    assertThat(unsealing(snapped, Unsealing.From.PIECES))
        .containsExactly(ALLOCATED, SEALED_CHECKED, SNAP_PIECE_ADDED, SNAP_DONE);
    assertThat(unsealing(TestSector.facts(8), Unsealing.From.KEY)).containsExactly(ALLOCATED);
  }

  private List<RebuildState> unsealing(SectorFacts facts, Unsealing.From from) throws IOException {
    return new UsableStates(scratch, facts, files).findOfUnsealing(from);
  }

  @Test
  void aFileThatIsGoneOrShortTakesItsStatesAway() throws IOException {
    Files.delete(files.unsealed());
    assertThat(usable(FACTS)).containsExactly(ALLOCATED, PC2_DONE, SEALED_CHECKED, SNAP_DONE);
    Files.write(files.treeD(), new byte[1]);
    assertThat(usable(FACTS)).containsExactly(ALLOCATED, SNAP_DONE);
    Files.delete(files.pAux());
    assertThat(usable(FACTS)).containsExactly(ALLOCATED);
  }
}
