package io.reseal.config;

import io.reseal.plan.Step;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The keys of the older system's worker file that have no effect here. Each that is found gives one
 * warning, so that an existing file loads and its owner learns which keys do nothing.
 */
final class OlderKeys {

  private static final List<String> STAGES =
      List.of(
          "add_pieces",
          "tree_d",
          "pc1",
          "pc2",
          "c1",
          "c2",
          "synth_proof",
          "snap_encode",
          "snap_prove",
          "transfer",
          "unseal",
          "window_post",
          "sealing_daemons");

  private static final Map<String, String> SEALING =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("enable_deals", "let threads take sectors with deals"),
              Map.entry("disable_cc", "kept threads from starting empty sectors"),
              Map.entry("max_deals", "limited the deals in a new sector"),
              Map.entry("min_deal_space", "set the least deal space in a new sector"),
              Map.entry("seal_interval", "set how often an idle thread asked for work"),
              Map.entry("rpc_polling_interval", "set how often the manager was polled"),
              Map.entry("ignore_proof_check", "skipped the check of new proofs"),
              Map.entry("request_task_max_retries", "limited the requests for work"),
              Map.entry("verify_after_pc2", "checked a new sector after PC2")));

  private static final Map<String, String> SEALING_INSTEAD =
      Map.of("enable_deals", "sectors with pieces are always rebuilt");

  private static final List<String> PROCESSOR_FIELDS =
      List.of("bin", "args", "stable_wait", "weight", "locks", "auto_restart", "inherit_envs");

  private static final List<String> PLACEMENT_FIELDS =
      List.of("envs", "numa_preferred", "concurrent");

  private final TomlFile file;

  OlderKeys(TomlFile file) {
    this.file = file;
  }

  /** Whole sections that have no effect here. */
  void inRoot(TomlSection root) {
    TomlSection manager = root.section("sector_manager");
    TomlSection client = manager.section("rpc_client");
    warn(client, "addr", "named the manager", "`temporal.address` in reseal.toml decides");
    warn(client, "headers", "were sent to the manager");
    warn(manager, "piece_token", "opened the manager's piece store");
    TomlSection selection = root.section("attached_selection");
    warn(selection, "enable_space_weighted", "chose stores by their free space");
    TomlSection remote = root.section("remote_store");
    for (String key : List.of("name", "location")) {
      warn(remote, key, "described the one store", "stores are named by [[attached]]");
    }
  }

  void inWorker(TomlSection worker) {
    TomlSection server = worker.section("rpc_server");
    warn(server, "host", "set where the worker listened");
    warn(server, "port", "set where the worker listened");
    warn(worker, "ping_interval", "set how often the worker reported to the manager");
    for (String key : List.of("scan_persist_stores", "ScanPersistStores")) {
      warn(worker, key, "attached every store it found", "name each store by [[attached]]");
    }
  }

  /** For {@code [sealing]} and for a thread's {@code sealing.*}. */
  void inSealing(TomlSection sealing) {
    SEALING.forEach(
        (key, meaning) ->
            warn(
                sealing, key, meaning, SEALING_INSTEAD.getOrDefault(key, "it has no effect here")));
  }

  /** Warns about limits on stages that a full rebuild does not have. */
  void inLimits(TomlSection limits) {
    for (String stage : STAGES) {
      if (!limits.isKnown(stage)) {
        warn(limits, stage, "limited a stage that no rebuild here has");
      }
    }
  }

  void inProcessors(TomlSection processors, TomlSection limitation) {
    TomlSection staggered = limitation.section("staggered");
    for (String stage : STAGES) {
      warn(staggered, stage, "kept starts of a stage apart");
    }
    warn(processors, "ext_locks", "declared locks between child processes");
    warn(processors, "static_tree_d", "named ready-made trees for empty sectors");
    for (String stage : STAGES) {
      if (Step.Resource.stages().stream().noneMatch(known -> known.key().equals(stage))) {
        processors.sections(stage).forEach(this::inOtherProcessor);
      }
    }
  }

  /** Warns about a stage that no rebuild here has. */
  private void inOtherProcessor(TomlSection processor) {
    TomlSection cgroup = processor.section("cgroup");
    inCgroup(cgroup);
    warn(cgroup, "cpuset", "described the stage's child processes");
    for (String field : PLACEMENT_FIELDS) {
      warn(processor, field, "described the stage's child processes");
    }
    inProcessor(processor);
  }

  /**
   * For an entry of {@code [[processors.<stage>]]}: keys that do not apply to a stage process of
   * Reseal.
   */
  void inProcessor(TomlSection processor) {
    for (String field : PROCESSOR_FIELDS) {
      warn(processor, field, "described the stage's child processes");
    }
  }

  void inCgroup(TomlSection cgroup) {
    warn(cgroup, "group_name", "named the cgroup of the stage's child processes");
  }

  private void warn(TomlSection section, String key, String meaning) {
    warn(section, key, meaning, "it has no effect here");
  }

  private void warn(TomlSection section, String key, String meaning, String instead) {
    if (section.accept(key)) {
      file.warn("%s %s in the older system; %s.".formatted(section.where(key), meaning, instead));
    }
  }
}
