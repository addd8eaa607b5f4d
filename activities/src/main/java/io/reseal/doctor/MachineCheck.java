package io.reseal.doctor;

import io.reseal.config.ByteSizes;
import io.reseal.config.LayersInMemory;
import io.reseal.config.Sdr;
import io.reseal.config.WorkerConfig;
import io.reseal.labelling.LabellingCapacity;
import io.reseal.plan.Step;
import io.reseal.sector.SectorSize;
import java.util.ArrayList;
import java.util.List;

/** Checks memory, cores for labelling, and the limit of open files. */
final class MachineCheck {

  private static final long MIB = 1L << 20;
  private static final long MOST_OPEN_FILES = 1024;

  private final HostResources machine;
  private final LabellingCapacity labelling;
  private final WorkerConfig config;

  /**
   * @param labelling what the host has for labelling
   */
  MachineCheck(HostResources machine, LabellingCapacity labelling, WorkerConfig config) {
    this.machine = machine;
    this.labelling = labelling;
    this.config = config;
  }

  List<CheckResult> examine() {
    List<CheckResult> findings = new ArrayList<>();
    if (machine.memoryBytes().isPresent()) {
      memory(findings, machine.memoryBytes().getAsLong());
    }
    if (config.core().sdr() == Sdr.OWN) {
      findings.add(labelling());
    }
    if (machine.openFiles().isPresent()) {
      long files = machine.openFiles().getAsLong();
      findings.add(
          files < MOST_OPEN_FILES
              ? CheckResult.problem(
                  "open files",
                  "a process may have %d open, and sealing needs up to %d; raise the limit (ulimit -n, or LimitNOFILE of the worker's unit)"
                      .formatted(files, MOST_OPEN_FILES))
              : CheckResult.ok("open files", "a process may have %d open".formatted(files)));
    }
    return findings;
  }

  private void memory(List<CheckResult> findings, long bytes) {
    Sizes sizes = Sizes.of(config);
    CheckResult one =
        sizes.judge(
            "memory",
            ByteSizes.text(bytes),
            this::layering,
            bytes,
            "give the host more memory or let it take smaller sectors");
    findings.add(one);
    if (config.core().sdr() == Sdr.OWN) {
      // Sectors that do not fit are not labelled: see the result on labelling.
      return;
    }
    int atOnce = config.slots(Step.Resource.PC1);
    SectorSize largest =
        sizes.all().stream()
            .filter(size -> layering(size) <= bytes)
            .max(SectorSize::compareTo)
            .orElse(SectorSize.KIB_2);
    if (one.verdict() != CheckResult.Verdict.problem && atOnce * layering(largest) > bytes) {
      findings.add(
          CheckResult.warning(
              "memory",
              "%s is too little for %d PC1 of %s at a time (%s each); limit pc1 in [processors.limitation.concurrent]"
                  .formatted(
                      ByteSizes.text(bytes), atOnce, largest, ByteSizes.text(layering(largest)))));
    }
  }

  /** How many sectors of the largest size that the host takes are labelled at a time. */
  private CheckResult labelling() {
    SectorSize largest = Sizes.of(config).all().stream().max(SectorSize::compareTo).orElseThrow();
    String has =
        "%d core%s, %s, %s of huge pages free"
            .formatted(
                labelling.cores(),
                labelling.cores() == 1 ? "" : "s",
                labelling.memory() == Long.MAX_VALUE
                    ? "memory without a limit"
                    : ByteSizes.text(labelling.memory()) + " of memory",
                ByteSizes.text(machine.hugePageBytes()));
    if (labelling.cores() == 0) {
      return CheckResult.problem(
          "labelling",
          "no core: none of the CPUs in [[processors.pc1]] exists; name others in cgroup.cpuset");
    }
    long sectors = Math.min(labelling.sectors(largest), config.slots(Step.Resource.PC1));
    return sectors == 0
        ? CheckResult.warning(
            "labelling",
            "%s: too little memory for a sector of %s (`labelling.memory`)".formatted(has, largest))
        : CheckResult.ok(
            "labelling",
            "%s: %d sector%s of %s at a time, up to %d on a core"
                .formatted(has, sectors, sectors == 1 ? "" : "s", largest, labelling.group()));
  }

  /** What PC1 takes for layers; it does not start if they do not fit. */
  private long layering(SectorSize size) {
    LayersInMemory layers =
        config.core().sdr() == Sdr.OWN ? labelling.layers() : LayersInMemory.TWO;
    return layers.bytes(size) + 64 * MIB;
  }
}
