package io.reseal.labelling;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.config.LabellingSettings;
import io.reseal.config.ProgramVersion;
import io.reseal.config.WorkerConfig;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.plan.Step;
import io.reseal.reading.SmallFile;
import io.reseal.sector.SectorSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this host gains from more sectors on a core, and from labelling on each CPU of a core. It
 * is measured once and remembered in a file.
 */
public final class LabelSpeeds {

  private static final Logger LOG = LoggerFactory.getLogger(LabelSpeeds.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The file's name, in the directory of the parent cache. */
  static final String FILE = "reseal-label-speeds.json";

  /** Memory for a sector that is measured, whatever its size. */
  public static final long MEASURED = 1L << 30;

  /** A smaller gain is not worth a change. */
  private static final double GAIN = 0.8;

  /** Measures. */
  public interface Meter {
    /** Nanoseconds for a label, with this many sectors on each of these CPUs at the same time. */
    double nanos(List<Integer> cpus, int sectors)
        throws CoreException, StageDiedException, IOException, InterruptedException;
  }

  /** Nanoseconds of a core for a label, in two ways. */
  public record Compared(double first, double second) {

    /** Whether the second way is enough faster. */
    public boolean gains() {
      return second < GAIN * first;
    }
  }

  /**
   * What was measured.
   *
   * @param host the host and the program that it holds for
   * @param group with {@link LabellingSettings#GROUP} sectors on a core and with {@link
   *     LabellingSettings#MOST_OF_A_GROUP}; null if it was not measured
   * @param smt on the first CPU of a core and on all of them; null if it was not measured
   */
  record Remembered(String host, Compared group, Compared smt) {}

  private final Path file;
  private final String host;
  private final LabellingCapacity capacity;
  private final Meter meter;
  private Remembered known;

  /**
   * @param directory the directory of the parent cache
   * @param host what the results depend on: another one measures again
   * @param capacity what the host has for labelling
   */
  public LabelSpeeds(Path directory, String host, LabellingCapacity capacity, Meter meter) {
    this.file = directory.resolve(FILE);
    this.host = host;
    this.capacity = capacity;
    this.meter = meter;
    this.known = remembered();
  }

  /**
   * This host's, as the worker of that file labels.
   *
   * @param env this process' environment
   * @param root where {@code proc} and {@code sys} are
   */
  public static LabelSpeeds of(
      WorkerConfig config, Map<String, String> env, Path root, Meter meter) {
    LabellingCapacity capacity =
        LabellingCapacity.of(config.labelling(), config.processorsOf(Step.Resource.PC1), root);
    return new LabelSpeeds(
        config.core().parentCacheIn(env),
        "%s, %d of a core's CPUs, Reseal %s"
            .formatted(CpuTopology.model(root), capacity.siblings().size(), ProgramVersion.text()),
        capacity,
        meter);
  }

  private Remembered remembered() {
    try {
      if (Files.exists(file)) {
        Remembered found = JSON.readValue(SmallFile.read(file), Remembered.class);
        if (found != null && host.equals(found.host())) {
          return found;
        }
      }
    } catch (IOException e) {
      LOG.warn("{} cannot be read, so it is measured again how fast this host labels", file, e);
    }
    return new Remembered(host, null, null);
  }

  /** Whether more sectors on a core gain anything; measured if that is not known. */
  public Compared group()
      throws CoreException, StageDiedException, IOException, InterruptedException {
    if (known.group() == null) {
      remember(new Remembered(host, measuredGroup(), known.smt()));
    }
    return known.group();
  }

  /** Whether all CPUs of a core gain anything; measured if that is not known. */
  public Compared smt()
      throws CoreException, StageDiedException, IOException, InterruptedException {
    if (known.smt() == null) {
      remember(new Remembered(host, known.group(), measuredSmt()));
    }
    return known.smt();
  }

  /** Chooses what the host's file leaves open, if it makes a difference here. */
  public WorkerConfig decide(WorkerConfig config)
      throws CoreException, StageDiedException, IOException, InterruptedException {
    LabellingSettings settings = config.labelling();
    long sectors =
        Math.min(config.slots(Step.Resource.PC1), capacity.sectorsInMemory(largest(config)));
    int group = settings.sectorsOnACore();
    if (settings.group().isEmpty()
        && sectors > (long) capacity.cores() * LabellingSettings.GROUP
        && capacity.memory() >= MEASURED * LabellingSettings.MOST_OF_A_GROUP
        && group().gains()) {
      group = LabellingSettings.MOST_OF_A_GROUP;
    }
    boolean onEachCpu = settings.onEachCpu();
    if (settings.smt().isEmpty()
        && sectors > capacity.cores()
        && capacity.siblings().size() > 1
        && capacity.memory() >= MEASURED * LabellingSettings.GROUP * capacity.siblings().size()) {
      onEachCpu = smt().gains();
    }
    return config.withLabelling(settings.with(group, onEachCpu));
  }

  /** The same, and unchanged if that takes a measurement that fails. */
  public WorkerConfig decideIfPossible(WorkerConfig config) {
    try {
      return decide(config);
    } catch (CoreException | StageDiedException | IOException e) {
      LOG.warn("It is not known how fast this host labels: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return config;
  }

  /** The largest size that the host takes; the usual one if its file does not say. */
  private static SectorSize largest(WorkerConfig config) {
    return config.threads().stream()
        .flatMap(thread -> thread.sealing().allowedSizes().stream())
        .max(SectorSize::compareTo)
        .orElse(SectorSize.GIB_32);
  }

  /** Forgets what is known, so that it is measured again. */
  public void doubt() {
    known = new Remembered(host, null, null);
  }

  private Compared measuredGroup()
      throws CoreException, StageDiedException, IOException, InterruptedException {
    List<Integer> one = capacity.siblings().subList(0, 1);
    return new Compared(
        meter.nanos(one, LabellingSettings.GROUP),
        meter.nanos(one, LabellingSettings.MOST_OF_A_GROUP));
  }

  private Compared measuredSmt()
      throws CoreException, StageDiedException, IOException, InterruptedException {
    List<Integer> siblings = capacity.siblings();
    return new Compared(
        meter.nanos(siblings.subList(0, 1), LabellingSettings.GROUP),
        meter.nanos(siblings, LabellingSettings.GROUP) / siblings.size());
  }

  private void remember(Remembered measured) {
    known = measured;
    try {
      Files.createDirectories(file.getParent());
      Path temporary = file.resolveSibling(FILE + ".tmp");
      Files.write(temporary, JSON.writeValueAsBytes(measured));
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.warn("How fast this host labels is measured again at the next start", e);
    }
  }
}
