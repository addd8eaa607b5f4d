package io.reseal.core;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.config.ByteSizes;
import io.reseal.config.Flavour;
import io.reseal.config.WorkerConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The flavour of the native core that runs on this host: the configured one, or else the best that
 * can be loaded. GPU flavours are considered only if the host has a GPU.
 *
 * @param files where its files are
 * @param withoutGpu the stage program for stages without a GPU. Beside a GPU flavour this is the
 *     CPU flavour's if it is built, because a GPU flavour may need a driver to start, and a GPU to
 *     make a seal proof
 * @param library the loaded library for short calls
 * @param others why each other flavour was not chosen: sentences without the final full stop
 * @param gpus this host's GPUs, whether the flavour uses them or not
 */
public record ChosenCore(
    CoreFiles files,
    Path withoutGpu,
    NativeCore library,
    Map<Flavour, String> others,
    HostGpus gpus) {

  /**
   * Best first. SupraSeal makes seal proofs faster and nothing slower; a flavour exists only if
   * someone built it. Flavours after CPU are better only if the library's own labelling is wanted.
   */
  private static final List<Flavour> BEST_FIRST = List.of(Flavour.values());

  /**
   * Chooses the flavour for this host.
   *
   * @param core {@code [native]} of the host's file, if there is one
   * @throws CoreNotFoundException if no flavour, or not the configured one, can be used
   */
  public static ChosenCore choose(Optional<WorkerConfig.Core> core, Map<String, String> env) {
    Path dir = CoreFiles.directory(core.flatMap(WorkerConfig.Core::dir), env);
    return choose(dir, core.flatMap(WorkerConfig.Core::flavour), new CoreProbe(Map.of()));
  }

  static ChosenCore choose(Path dir, Optional<Flavour> configured, CoreProbe probe) {
    List<CoreFiles> there =
        BEST_FIRST.stream()
            .map(flavour -> CoreFiles.of(dir, flavour))
            .filter(CoreFiles::areThere)
            .toList();
    if (there.isEmpty()) {
      throw CoreFiles.noneIn(dir);
    }
    HostGpus gpus = findGpus(there, probe);
    return configured
        .map(flavour -> take(dir, flavour, probe, gpus))
        .orElseGet(() -> best(dir, probe, gpus));
  }

  /** Any flavour can list the GPUs, but a GPU flavour may need a driver even to start. */
  private static HostGpus findGpus(List<CoreFiles> there, CoreProbe probe) {
    CoreFiles asked =
        there.stream()
            .filter(files -> !files.flavour().onGpu())
            .findFirst()
            .orElseGet(() -> there.get(0));
    return HostGpus.ask(probe, asked);
  }

  private static ChosenCore take(Path dir, Flavour wanted, CoreProbe probe, HostGpus gpus) {
    Map<Flavour, String> others = new EnumMap<>(Flavour.class);
    for (Flavour flavour : BEST_FIRST) {
      others.put(flavour, "the host's file asks for %s".formatted(wanted));
    }
    others.remove(wanted);
    CoreFiles files = CoreFiles.of(dir, wanted);
    try {
      JsonNode described = describe(files, probe);
      NativeCore library = NativeCore.load(files);
      return new ChosenCore(files, withoutGpu(dir, files, described, probe), library, others, gpus);
    } catch (CoreNotFoundException e) {
      throw new CoreNotFoundException(
          "`[native] flavour` is %s, which cannot be used here: %s"
              .formatted(wanted, e.getMessage()),
          e);
    }
  }

  private static ChosenCore best(Path dir, CoreProbe probe, HostGpus gpus) {
    Map<Flavour, String> others = new EnumMap<>(Flavour.class);
    CoreFiles chosen = null;
    JsonNode described = null;
    NativeCore library = null;
    for (Flavour flavour : BEST_FIRST) {
      CoreFiles files = CoreFiles.of(dir, flavour);
      if (chosen != null) {
        others.put(
            flavour,
            files.areThere() ? "%s is better".formatted(chosen.flavour()) : notThere(files));
        continue;
      }
      try {
        if (files.areThere() && flavour.onGpu() && gpus.gpus().isEmpty()) {
          throw new CoreNotFoundException(
              "there is no GPU: " + gpus.why().orElse("the driver reports none"));
        }
        described = describe(files, probe);
        library = NativeCore.load(files);
        chosen = files;
      } catch (CoreNotFoundException e) {
        others.put(flavour, e.getMessage());
      }
    }
    if (chosen == null) {
      throw new CoreNotFoundException(
          "No flavour of the native core in %s can be used here. %s"
              .formatted(dir, String.join(" ", sentences(others))));
    }
    return new ChosenCore(chosen, withoutGpu(dir, chosen, described, probe), library, others, gpus);
  }

  /** Falls back to the chosen flavour if the CPU flavour is unusable or of another version. */
  private static Path withoutGpu(Path dir, CoreFiles chosen, JsonNode described, CoreProbe probe) {
    if (!chosen.flavour().onGpu()) {
      return chosen.stageProgram();
    }
    try {
      CoreFiles cpu = CoreFiles.of(dir, Flavour.CPU);
      JsonNode version = describe(cpu, probe).path("version");
      return (version.equals(described.path("version")) ? cpu : chosen).stageProgram();
    } catch (CoreNotFoundException e) {
      return chosen.stageProgram();
    }
  }

  /** Whether stages without a GPU can make seal proofs. */
  public boolean provesWithoutGpu() {
    return files.flavour() != Flavour.CUDA_SUPRASEAL || !withoutGpu.equals(files.stageProgram());
  }

  /**
   * Asks the flavour's stage program to describe itself, and checks that it starts and has the
   * expected flavour.
   */
  private static JsonNode describe(CoreFiles files, CoreProbe probe) {
    if (!files.areThere()) {
      throw new CoreNotFoundException(notThere(files));
    }
    JsonNode described = probe.ask(files, Operation.DESCRIBE);
    String reported = described.path("flavour").asText();
    if (!reported.equals(files.flavour().toString())) {
      throw new CoreNotFoundException(
          "%s has the flavour %s: build the core again".formatted(files.stageProgram(), reported));
    }
    return described;
  }

  private static String notThere(CoreFiles files) {
    return "it is not in %1$s, where the package reseal-%2$s or, in a checkout, `make native FLAVOUR=%2$s` puts it"
        .formatted(files.library().getParent(), files.flavour());
  }

  /**
   * Which flavour runs, which GPUs there are, and why other flavours do not run: one sentence each.
   */
  public List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    sentences.add("The native core's flavour %s runs here.".formatted(files.flavour()));
    for (Gpu gpu : gpus.gpus()) {
      sentences.add(
          "GPU %d is %s (%s, %s), driver %s."
              .formatted(
                  gpu.index(),
                  gpu.name(),
                  gpu.uuid(),
                  ByteSizes.text(gpu.memory()),
                  gpus.driver().orElse("of an unknown version")));
    }
    gpus.why().ifPresent(why -> sentences.add("On GPUs: %s.".formatted(why)));
    sentences.addAll(sentences(others));
    return sentences;
  }

  private static List<String> sentences(Map<Flavour, String> others) {
    return others.entrySet().stream()
        .map(other -> "Not %s: %s.".formatted(other.getKey(), other.getValue()))
        .map(
            sentence ->
                sentence.endsWith("..") ? sentence.substring(0, sentence.length() - 1) : sentence)
        .toList();
  }
}
