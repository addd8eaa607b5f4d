package io.reseal.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.reseal.contract.SectorFacts;
import io.reseal.plan.Unsealing;
import io.reseal.reading.SmallFile;
import io.reseal.reading.UnfitFileException;
import io.reseal.sector.RebuildState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The states that a rebuild can go back to with the files in a scratch location. Presence, owner
 * and sizes decide; the next step checks the bytes itself.
 */
public final class UsableStates {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Scratch scratch;
  private final SectorFacts facts;
  private final SectorFiles files;
  private final SectorFiles key;
  private final SectorGeometry geometry;

  /**
   * @param key where the sealed sector is: in that scratch, or, for a snapped one, in a store that
   *     has it
   */
  public UsableStates(Scratch scratch, SectorFacts facts, SectorFiles key) {
    this.scratch = scratch;
    this.facts = facts;
    this.files = scratch.files(facts.sector());
    this.key = key;
    this.geometry = SectorGeometry.of(facts.proof().size());
  }

  /** Earliest first; Allocated needs no files and is always included. */
  public List<RebuildState> find() throws IOException {
    List<RebuildState> usable = new ArrayList<>(List.of(RebuildState.ALLOCATED));
    if (!isOwn()) {
      return usable;
    }
    boolean data = has(files.unsealed(), geometry.sectorBytes());
    boolean treeD = has(files.treeD(), geometry.treeDBytes());
    boolean layers = hasLayers();
    boolean keyKept = !key.equals(files);
    boolean sealed = key.keptFaults(Replica.SEALED, facts.proof()).isEmpty();
    boolean provable = treeD && layers && hasTreeC() && sealed && !keyKept;
    boolean synthetic =
        !facts.proof().hasSyntheticProofs() || Files.isRegularFile(files.syntheticProofs());
    add(usable, RebuildState.PIECE_ADDED, data);
    add(usable, RebuildState.TREE_D_BUILT, data && treeD);
    add(usable, RebuildState.PC1_DONE, data && treeD && layers);
    // The next proofs cover the layers and all trees.
    add(usable, RebuildState.PC2_DONE, provable);
    if (facts.proof().hasSyntheticProofs()) {
      add(usable, RebuildState.SYNTHETIC_POREP, provable && synthetic);
    }
    add(usable, RebuildState.SEALED_CHECKED, keyKept ? sealed : provable && synthetic);
    boolean update = sealed;
    if (facts.snap() != null) {
      update = sealed && files.keptFaults(Replica.UPDATE, facts.proof()).isEmpty();
      addSnapStates(usable, sealed, update);
    }
    add(usable, RebuildState.SNAP_DONE, update);
    return List.copyOf(usable);
  }

  /**
   * The same of a rebuild that makes the sealed file from the last layer, without trees C and D.
   * The data of an empty sector are no file.
   */
  public List<RebuildState> findOfEncoding() throws IOException {
    List<RebuildState> usable = new ArrayList<>(List.of(RebuildState.ALLOCATED));
    if (!isOwn()) {
      return usable;
    }
    boolean data = !facts.hasData() || has(files.unsealed(), geometry.sectorBytes());
    boolean sealed = files.keptFaults(Replica.SEALED, facts.proof()).isEmpty();
    add(usable, RebuildState.PIECE_ADDED, data);
    add(usable, RebuildState.TREE_D_BUILT, data);
    add(usable, RebuildState.PC1_DONE, data && finishedLayers() == geometry.layers());
    add(usable, RebuildState.PC2_DONE, sealed);
    add(usable, RebuildState.SEALED_CHECKED, sealed);
    boolean update = sealed;
    if (facts.snap() != null) {
      update = sealed && files.keptFaults(Replica.UPDATE, facts.proof()).isEmpty();
      addSnapStates(usable, sealed, update);
    }
    add(usable, RebuildState.SNAP_DONE, update);
    return List.copyOf(usable);
  }

  /**
   * The same of a rebuild that makes nothing but the unsealed copy. What it decodes is in stores,
   * and the step that decodes looks for it there.
   *
   * @param from what it makes the copy's data from
   */
  public List<RebuildState> findOfUnsealing(Unsealing.From from) throws IOException {
    List<RebuildState> usable = new ArrayList<>(List.of(RebuildState.ALLOCATED));
    if (!isOwn()) {
      return usable;
    }
    boolean snapped = facts.snap() != null;
    boolean pieces = from == Unsealing.From.PIECES;
    boolean labels = from == Unsealing.From.LABELS;
    Replica holds = snapped ? Replica.UPDATE : Replica.SEALED;
    boolean data = !pieces || has(files.unsealed(holds), geometry.sectorBytes());
    boolean layers = !labels || finishedLayers() == geometry.layers();
    add(usable, RebuildState.PIECE_ADDED, labels || (pieces && !snapped && data));
    add(usable, RebuildState.TREE_D_BUILT, labels);
    add(usable, RebuildState.PC1_DONE, labels && layers);
    add(usable, RebuildState.SEALED_CHECKED, layers && (data || snapped));
    add(usable, RebuildState.SNAP_PIECE_ADDED, pieces && snapped && data);
    add(usable, RebuildState.SNAP_DONE, layers && data);
    return List.copyOf(usable);
  }

  private void addSnapStates(List<RebuildState> usable, boolean sealed, boolean update)
      throws IOException {
    boolean data = sealed && has(files.updateData(), geometry.sectorBytes());
    boolean treeD = has(files.updateTreeD(), geometry.treeDBytes());
    add(usable, RebuildState.SNAP_PIECE_ADDED, data);
    add(usable, RebuildState.SNAP_TREE_D_BUILT, data && treeD);
    add(usable, RebuildState.SNAP_ENCODED, update);
  }

  private static void add(List<RebuildState> usable, RebuildState state, boolean isComplete) {
    if (isComplete) {
      usable.add(state);
    }
  }

  private boolean isOwn() throws IOException {
    Optional<Scratch.Claim> owner = scratch.owner(facts.sector());
    return owner.isPresent() && owner.get().equals(Scratch.Claim.of(facts));
  }

  private boolean hasLayers() throws IOException {
    for (int layer = 1; layer <= geometry.layers(); layer++) {
      if (!has(files.layer(layer), geometry.sectorBytes())) {
        return false;
      }
    }
    return finishedLayers() == geometry.layers();
  }

  /** Whether some of the layers, or what they were labelled from, were copied from a store. */
  public boolean hasCopiedLayers() throws IOException {
    return layersRecord().path("copied").asBoolean();
  }

  /** What the core has recorded of this sector's layers, or nothing. */
  private JsonNode layersRecord() throws IOException {
    if (!isOwn() || !SectorFiles.exists(files.layersRecord())) {
      return MissingNode.getInstance();
    }
    try {
      JsonNode record = JSON.readTree(SmallFile.readText(files.layersRecord()));
      return record.path("replica_id").asText().equals(facts.replicaId().hex())
          ? record
          : MissingNode.getInstance();
    } catch (JsonProcessingException | UnfitFileException e) {
      return MissingNode.getInstance();
    }
  }

  /** How many layers are finished; those before the last two need not be there any more. */
  public int finishedLayers() throws IOException {
    JsonNode record = layersRecord();
    int finished = geometry.layers();
    while (finished > 0
        && !(record.path("layers").has(Integer.toString(finished))
            && has(files.layer(finished), geometry.sectorBytes()))) {
      finished--;
    }
    return finished;
  }

  /** How many layers a sealed sector has. */
  public int allLayers() {
    return geometry.layers();
  }

  private boolean hasTreeC() throws IOException {
    for (String name : geometry.treeCNames()) {
      if (!has(files.cacheDir().resolve(name), geometry.treeCBytes())) {
        return false;
      }
    }
    return true;
  }

  private static boolean has(Path file, long bytes) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && Files.size(file) == bytes;
  }
}
