package io.reseal.steps;

import io.reseal.contract.SectorFacts;
import io.reseal.contract.StoredCopy;
import io.reseal.files.Fence;
import io.reseal.plan.LostKey;
import io.reseal.plan.Repair;
import io.reseal.plan.UnsealedWish;
import io.reseal.plan.Unsealing;
import io.reseal.sector.Commitment;
import io.reseal.threads.SealingThread;
import java.util.List;

/** The inputs of a step; by default of a rebuild that seals everything. */
final class StepInputsBuilder {

  private final SectorFacts facts;
  private final SealingThread thread;
  private final Fence fence;
  private String keyIn;
  private StoredCopy stored;
  private boolean mayRepair;
  private boolean mayEncode;
  private boolean repaired;
  private Commitment commC;
  private LostKey lostKey;
  private Repair repair;
  private UnsealedWish unsealed;
  private boolean withoutPieces;
  private Unsealing unsealing;
  private boolean mayCopyLayers;

  private StepInputsBuilder(SectorFacts facts, SealingThread thread, Fence fence) {
    this.facts = facts;
    this.thread = thread;
    this.fence = fence;
  }

  static StepInputsBuilder of(SectorFacts facts, SealingThread thread, Fence fence) {
    return new StepInputsBuilder(facts, thread, fence);
  }

  StepInputsBuilder keyIn(String store) {
    keyIn = store;
    return this;
  }

  StepInputsBuilder stored(StoredCopy copy) {
    stored = copy;
    return this;
  }

  /** What stores lack may be made from what they have. */
  StepInputsBuilder mayRepair(boolean may) {
    mayRepair = may;
    return this;
  }

  /** A lost sealed file may be made with the known root of tree C. */
  StepInputsBuilder mayEncode(boolean may) {
    mayEncode = may;
    return this;
  }

  /** The sector's files stayed in their stores. */
  StepInputsBuilder repaired(boolean inStores) {
    repaired = inStores;
    return this;
  }

  StepInputsBuilder commC(Commitment root) {
    commC = root;
    return this;
  }

  StepInputsBuilder lostKey(LostKey what) {
    lostKey = what;
    return this;
  }

  StepInputsBuilder repair(Repair what) {
    repair = what;
    return this;
  }

  StepInputsBuilder unsealed(UnsealedWish wish, boolean notFromPieces, Unsealing how) {
    unsealed = wish;
    withoutPieces = notFromPieces;
    unsealing = how;
    return this;
  }

  /** Layers that a store has may be copied. */
  StepInputsBuilder mayCopyLayers(boolean may) {
    mayCopyLayers = may;
    return this;
  }

  StepInputs build() {
    return new StepInputs(
        facts,
        thread.scratch().files(facts.sector()),
        thread,
        fence,
        keyIn,
        stored,
        false,
        false,
        mayRepair,
        repaired,
        commC,
        mayEncode,
        lostKey,
        repair,
        unsealed,
        withoutPieces,
        unsealing,
        mayCopyLayers,
        List.of());
  }
}
