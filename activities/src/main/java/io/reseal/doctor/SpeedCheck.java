package io.reseal.doctor;

import static io.reseal.sector.SectorSize.NODE_BYTES;

import io.reseal.config.ByteSizes;
import io.reseal.config.LabellingSettings;
import io.reseal.config.LayersInMemory;
import io.reseal.config.WorkerConfig;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.OsError;
import io.reseal.labelling.LabelSpeeds;
import io.reseal.labelling.LabellingCapacity;
import io.reseal.plan.Step;
import io.reseal.sector.SectorSize;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures how fast a host labels, and works out what that means for a lost disk. */
final class SpeedCheck {

  /** Sectors of 32 GiB that a disk of 4 TiB holds, as an example. */
  private static final int LOST = 130;

  /** The most sectors that are measured at a time. */
  private static final int MOST_MEASURED = LabellingSettings.MOST_OF_A_GROUP;

  /** What is measured. */
  interface Measured extends LabelSpeeds.Meter {
    /** Bytes that all scratch disks together write in a second. */
    double written() throws IOException;
  }

  private final LabellingCapacity labelling;
  private final WorkerConfig config;
  private final LabelSpeeds speeds;
  private final Measured measured;

  /**
   * @param config with everything decided that the host's file leaves open
   */
  SpeedCheck(
      LabellingCapacity labelling, WorkerConfig config, LabelSpeeds speeds, Measured measured) {
    this.labelling = labelling;
    this.config = config;
    this.speeds = speeds;
    this.measured = measured;
  }

  List<CheckResult> examine() throws InterruptedException {
    SectorSize size = Sizes.of(config).all().stream().max(SectorSize::compareTo).orElseThrow();
    int sectors = (int) Math.min(labelling.sectors(size), config.slots(Step.Resource.PC1));
    if (sectors == 0) {
      return List.of(
          CheckResult.warning(
              "speed", "not measured: no sector of %s can be labelled here".formatted(size)));
    }
    if (sectors > labelling.memory() / LabelSpeeds.MEASURED) {
      return List.of(
          CheckResult.warning(
              "speed",
              "not measured: that takes %s of memory for each of %d sectors"
                  .formatted(ByteSizes.text(LabelSpeeds.MEASURED), sectors)));
    }
    int groups = Math.min(sectors, labelling.cores());
    int together = (sectors + groups - 1) / groups;
    List<CheckResult> findings = new ArrayList<>();
    try {
      double nanos = measured.nanos(labelling.cpus().subList(0, groups), together);
      findings.add(labels(size, sectors, together, nanos));
      double written = measured.written();
      findings.add(disk(sectors, together, nanos, written));
      if (labelling.layers() == LayersInMemory.TWO) {
        layers(size, sectors, nanos, written).ifPresent(findings::add);
      }
      boolean isEnough = labelling.memory() / LabelSpeeds.MEASURED >= MOST_MEASURED;
      long wanted = Math.min(labelling.sectorsInMemory(size), config.slots(Step.Resource.PC1));
      if (isEnough && wanted > (long) labelling.cores() * LabellingSettings.GROUP) {
        findings.add(group());
      }
      if (isEnough && wanted > labelling.cores() && labelling.siblings().size() > 1) {
        findings.add(smt());
      }
    } catch (IOException e) {
      findings.add(unmeasured(OsError.sentence(e)));
    } catch (CoreException | StageDiedException e) {
      findings.add(unmeasured(e.getMessage()));
    }
    return findings;
  }

  private static CheckResult unmeasured(String why) {
    return CheckResult.problem("speed", "cannot be measured: " + why);
  }

  private static CheckResult labels(SectorSize size, int sectors, int together, double nanos) {
    double labels = (double) size.layers() * size.bytes() / NODE_BYTES;
    double hours = labels * nanos * together / 3.6e12;
    int turns = (LOST + sectors - 1) / sectors;
    return CheckResult.ok(
        "speed of labelling",
        "%.0f ns for a label; on this host: %d sector%s of %s at once, %s, in %.1f hours; %d sectors in %.0f hours"
            .formatted(
                nanos,
                sectors,
                sectors == 1 ? "" : "s",
                size,
                together == 1 ? "one on a core" : "up to %d on a core".formatted(together),
                hours,
                LOST,
                turns * hours));
  }

  private CheckResult disk(int sectors, int together, double nanos, double written) {
    double needed = needed(sectors, together, nanos, labelling.layers());
    String text =
        "scratch writes %.0f MB/s; the layers of %d sector%s need %.0f"
            .formatted(written / 1e6, sectors, sectors == 1 ? "" : "s", needed / 1e6);
    return written < needed
        ? CheckResult.warning(
            "speed of scratch",
            text + ": PC1 waits for the disk; use more or faster scratch disks, or fewer threads")
        : CheckResult.ok("speed of scratch", text);
  }

  /** Bytes for each second that labelling writes to scratch. */
  private static double needed(int sectors, int together, double nanos, LayersInMemory layers) {
    return layers.written() * sectors * NODE_BYTES / (together * nanos) * 1e9;
  }

  /** Memory is the limit: whether one layer of each sector in memory would be better than two. */
  private Optional<CheckResult> layers(SectorSize size, int sectors, double nanos, double written) {
    LabellingCapacity other = labelling.with(LayersInMemory.ONE);
    int more = (int) Math.min(other.sectors(size), config.slots(Step.Resource.PC1));
    if (more <= sectors) {
      return Optional.empty();
    }
    int together = (more + other.cores() - 1) / other.cores();
    double needed = needed(more, together, nanos, LayersInMemory.ONE);
    String text =
        "memory is the limit; with `labelling.layers_in_memory` = 1 there is enough for %d sectors at once, but scratch must write and read %.0f MB/s then"
            .formatted(more, needed / 1e6);
    return Optional.of(
        CheckResult.ok(
            "labelling.layers_in_memory",
            written < needed ? text + ": leave it" : text + ": set it to 1"));
  }

  /** Cores are the limit, not memory: whether more sectors on a core are worth it. */
  private CheckResult group()
      throws CoreException, StageDiedException, IOException, InterruptedException {
    LabelSpeeds.Compared measured = speeds.group();
    return compared(
        "labelling.group",
        "a label takes %.0f ns with %d sectors on a core and %.0f with %d"
            .formatted(
                measured.first(),
                LabellingSettings.GROUP,
                measured.second(),
                LabellingSettings.MOST_OF_A_GROUP),
        labelling.group(),
        measured.gains() ? LabellingSettings.MOST_OF_A_GROUP : LabellingSettings.GROUP);
  }

  /** Cores are the limit, not memory: whether the other CPUs of a core are worth it. */
  private CheckResult smt()
      throws CoreException, StageDiedException, IOException, InterruptedException {
    LabelSpeeds.Compared measured = speeds.smt();
    return compared(
        "labelling.smt",
        "a core takes %.0f ns for a label on its first CPU alone and %.0f on all %d"
            .formatted(measured.first(), measured.second(), labelling.siblings().size()),
        config.labelling().onEachCpu(),
        measured.gains());
  }

  private static CheckResult compared(String key, String text, Object now, Object best) {
    return CheckResult.ok(
        key,
        now.equals(best)
            ? "%s: %s is right".formatted(text, now)
            : "%s: the host's file says %s, but %s is faster".formatted(text, now, best));
  }
}
