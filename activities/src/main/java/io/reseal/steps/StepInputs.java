package io.reseal.steps;

import io.reseal.contract.SectorFacts;
import io.reseal.contract.StageRequest;
import io.reseal.contract.StoredCopy;
import io.reseal.core.CoreRequest;
import io.reseal.files.Fence;
import io.reseal.files.SectorFiles;
import io.reseal.files.SectorKind;
import io.reseal.sector.Commitment;
import io.reseal.threads.SealingThread;

/**
 * The inputs of a step.
 *
 * @param facts the facts that determine the sector's files
 * @param files the sector's files in scratch
 * @param thread the sealing thread that the rebuild holds
 * @param fence the attempt's rank among all that change the sector's files
 * @param keyIn the store whose copy of a snapped sector's key is used, or null
 * @param stored the copy that this rebuild has put into a store, or null
 * @param force whether to seal even if a store has the sector
 * @param urgent whether the sector goes before others
 * @param mayRepair whether what stores lack may be made from what they have
 * @param repaired whether the sector's files stay in their stores and only what they lacked was
 *     made
 * @param commC the root of tree C that the sealed file is made with, without trees C and D, or null
 * @param mayEncode whether a lost sealed file may be made so, even if nothing else may be repaired
 */
record StepInputs(
    SectorFacts facts,
    SectorFiles files,
    SealingThread thread,
    Fence fence,
    String keyIn,
    StoredCopy stored,
    boolean force,
    boolean urgent,
    boolean mayRepair,
    boolean repaired,
    Commitment commC,
    boolean mayEncode) {

  /** The inputs of a step of a rebuild that does not make the sealed file with a known root. */
  StepInputs(
      SectorFacts facts,
      SectorFiles files,
      SealingThread thread,
      Fence fence,
      String keyIn,
      StoredCopy stored,
      boolean force,
      boolean urgent,
      boolean mayRepair,
      boolean repaired) {
    this(
        facts, files, thread, fence, keyIn, stored, force, urgent, mayRepair, repaired, null,
        mayRepair);
  }

  static StepInputs of(StageRequest request, SealingThread thread, SectorFiles files, Fence fence) {
    return new StepInputs(
        request.facts(),
        files,
        thread,
        fence,
        request.keyIn(),
        request.stored(),
        request.force(),
        request.urgent(),
        Boolean.TRUE.equals(request.mayRepair()),
        Boolean.TRUE.equals(request.repaired()),
        request.commC(),
        Boolean.TRUE.equals(request.mayEncode()));
  }

  StepInputs withKeyIn(String store) {
    return new StepInputs(
        facts, files, thread, fence, store, stored, force, urgent, mayRepair, repaired, commC,
        mayEncode);
  }

  /** Which replicas the step makes: all of them, or only the update if a key is kept. */
  SectorKind kind() {
    SectorKind kind = SectorKind.of(facts);
    return keyIn == null ? kind : kind.withoutKey();
  }

  /** The request that makes the layers. */
  CoreRequest labelling() {
    return commC == null ? requests().pc1() : requests().pc1ToEncode();
  }

  CoreRequests requests() {
    return new CoreRequests(
        facts,
        files,
        thread.scratch().lockFile(facts.sector()),
        thread.scratch().layersLockFile(facts.sector()));
  }
}
