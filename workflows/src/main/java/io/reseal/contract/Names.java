package io.reseal.contract;

import io.reseal.plan.Step;
import io.reseal.sector.SectorId;
import io.temporal.common.SearchAttributeKey;
import java.util.List;

/**
 * Every name that Reseal uses in Temporal: namespace, workflow ids, task queues, search attributes.
 */
public final class Names {

  public static final String NAMESPACE = "reseal";

  /** Workflow tasks and short tasks for any worker. */
  public static final String CONTROL_QUEUE = "reseal";

  /** Where rebuilds request a sealing thread. */
  public static final String HOLD_QUEUE = "reseal-hold";

  public static final SearchAttributeKey<String> MINER =
      SearchAttributeKey.forKeyword("ResealMiner");
  public static final SearchAttributeKey<Long> SECTOR = SearchAttributeKey.forLong("ResealSector");
  public static final SearchAttributeKey<String> STATE =
      SearchAttributeKey.forKeyword("ResealState");
  public static final SearchAttributeKey<String> HOST = SearchAttributeKey.forKeyword("ResealHost");
  public static final SearchAttributeKey<String> BATCH =
      SearchAttributeKey.forKeyword("ResealBatch");
  public static final SearchAttributeKey<Boolean> ATTENTION =
      SearchAttributeKey.forBoolean("ResealAttention");

  /** All search attributes, in the order the set-up registers them. */
  public static final List<SearchAttributeKey<?>> SEARCH_ATTRIBUTES =
      List.of(MINER, SECTOR, STATE, HOST, BATCH, ATTENTION);

  private Names() {}

  /** {@code rebuild-f01001-123}: one running rebuild per sector. */
  public static String workflowId(SectorId sector) {
    return "rebuild-" + sector.minerAddress() + "-" + sector.number();
  }

  /** Id of the one workflow that keeps catalog and Temporal consistent. */
  public static final String RECONCILE_WORKFLOW = "reseal-reconcile";

  /** In the memo of that workflow: the id of the catalog that it compares with. */
  public static final String CATALOG_MEMO = "ResealCatalog";

  /** {@code batch-disk-7}: one running batch per name. */
  public static String batchWorkflowId(String batch) {
    return "batch-" + batch;
  }

  /** {@code follow-f01001-123}: one for each sector that was put back. */
  public static String followWorkflowId(SectorId sector) {
    return "follow-" + sector.minerAddress() + "-" + sector.number();
  }

  /** {@code host-host-a-pause-0-…}: one run of one command. */
  public static String hostCommandWorkflowId(HostCommand command, String unique) {
    return "host-%s-%s%s-%s"
        .formatted(
            command.host(),
            command.kind(),
            command.threadIndex() == null ? "" : "-" + command.threadIndex(),
            unique);
  }

  /** {@code seal-host-a-hold}: where rebuilds request a sealing thread of one host. */
  public static String hostHoldQueue(String host) {
    return "seal-" + host + "-hold";
  }

  /** {@code seal-host-a-control}: operators' commands to one host. */
  public static String hostControlQueue(String host) {
    return "seal-" + host + "-control";
  }

  /** {@code seal-host-a-pc1}: the queue of one resource of one host. */
  public static String hostQueue(String host, Step.Resource resource) {
    return "seal-" + host + "-" + resource.key();
  }

  /** {@code seal-host-a-scrub}: the checks of one host's stored copies. */
  public static String hostScrubQueue(String host) {
    return "seal-" + host + "-scrub";
  }

  /**
   * {@code losses-f01001}: one scan for losses that was asked for per miner; also the schedule of a
   * miner's scans, and how their ids begin.
   */
  public static String lossScanWorkflowId(long miner) {
    return "losses-f0" + miner;
  }

  /** {@code scrub-host-a-store1}: the schedule of one store's tours, and how their ids begin. */
  public static String scrubSchedule(String host, String store) {
    return "scrub-" + host + "-" + store;
  }
}
