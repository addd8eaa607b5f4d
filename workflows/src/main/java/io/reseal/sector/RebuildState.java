package io.reseal.sector;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** How far a rebuild has come, in terms that operators know. Stored by name, never by ordinal. */
public enum RebuildState {
  /** Requested; no sealing thread yet. */
  EMPTY("Empty"),
  /** A sealing thread is held. */
  ALLOCATED("Allocated"),
  /** The staged file holds all pieces, each compared with its CID. */
  PIECE_ADDED("PieceAdded"),
  /** Tree D is built and its root is the expected CommD. */
  TREE_D_BUILT("TreeDBuilt"),
  /** All layers are complete. */
  PC1_DONE("PC1Done"),
  /** The sealed file and its trees are complete. */
  PC2_DONE("PC2Done"),
  /** The synthetic proofs are complete, if the proof type has them. */
  SYNTHETIC_POREP("SyntheticPoRep"),
  /** CommR is the recorded one and the proofs over layers and trees verify. */
  SEALED_CHECKED("SealedChecked"),
  /** The update's data is complete, each piece compared with its CID. */
  SNAP_PIECE_ADDED("SnapPieceAdded"),
  /** The update's tree D is built and its root is the update's CommD. */
  SNAP_TREE_D_BUILT("SnapTreeDBuilt"),
  /** The update is encoded over the key, and its CommR is the recorded one. */
  SNAP_ENCODED("SnapEncoded"),
  /** The snap part is done, or there is none. */
  SNAP_DONE("SnapDone"),
  /** The kept files are in a store, compared with the scratch copy. */
  PERSISTED("Persisted"),
  /** The stored copy answers a PoSt challenge. */
  FINISHED("Finished"),
  /** Given up by an operator; scratch removed, nothing else touched. */
  ABORTED("Aborted");

  private final String text;

  RebuildState(String text) {
    this.text = text;
  }

  public boolean isEnd() {
    return this == FINISHED || this == ABORTED;
  }

  @JsonCreator
  public static RebuildState parse(String text) {
    return NamedValues.require(values(), text, "a state of a rebuild");
  }

  @JsonValue
  @Override
  public String toString() {
    return text;
  }
}
