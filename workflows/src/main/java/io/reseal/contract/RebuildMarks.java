package io.reseal.contract;

import io.reseal.plan.UnsealedWish;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.temporal.api.enums.v1.WorkflowIdConflictPolicy;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.SearchAttributes;

/** How a rebuild is marked in Temporal's lists from its start, however it is started. */
public final class RebuildMarks {

  private RebuildMarks() {}

  /**
   * One line: {@code f01001/123 32GiB StackedDrg32GiBV1_1: rebuild}.
   *
   * @param unsealed see {@link RebuildRequest#unsealed()}
   */
  public static String summary(SectorId sector, SealProof proof, UnsealedWish unsealed) {
    String what = unsealed == UnsealedWish.ONLY ? "unsealed copy" : "rebuild";
    return proof == null
        ? "%s: %s".formatted(sector, what)
        : "%s %s %s: %s".formatted(sector, proof.size(), proof, what);
  }

  /**
   * Search attributes of a rebuild that has not started.
   *
   * @param batch the batch that starts it, or null
   */
  public static SearchAttributes attributes(SectorId sector, String batch) {
    SearchAttributes.Builder attributes =
        SearchAttributes.newBuilder()
            .set(Names.MINER, sector.minerAddress())
            .set(Names.SECTOR, sector.number())
            .set(Names.STATE, RebuildState.EMPTY.toString())
            .set(Names.ATTENTION, false);
    if (batch != null) {
      attributes.set(Names.BATCH, batch);
    }
    return attributes.build();
  }

  /** How a rebuild is started; refused while the sector is being rebuilt. */
  public static WorkflowOptions startOptions(
      SectorId sector, SealProof proof, UnsealedWish unsealed) {
    return WorkflowOptions.newBuilder()
        .setWorkflowId(Names.workflowId(sector))
        .setTaskQueue(Names.CONTROL_QUEUE)
        .setWorkflowIdConflictPolicy(WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_FAIL)
        .setStaticSummary(summary(sector, proof, unsealed))
        .setTypedSearchAttributes(attributes(sector, null))
        .build();
  }
}
