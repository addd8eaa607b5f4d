package io.reseal.config;

import io.reseal.plan.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code [[processors.<stage>]]} of the stages that run in their own processes. */
final class ProcessorKeys {

  private static final Pattern GPU = Pattern.compile("\\d{1,3}|GPU-[0-9a-fA-F-]{1,64}");
  private static final Pattern VARIABLE = Pattern.compile("[^=\\x00]+");

  private final TomlFile file;
  private final OlderKeys older;

  ProcessorKeys(TomlFile file, OlderKeys older) {
    this.file = file;
    this.older = older;
  }

  Map<Step.Resource, List<Processor>> read(TomlSection processors) {
    Map<Step.Resource, List<Processor>> read = new EnumMap<>(Step.Resource.class);
    for (Step.Resource stage : Step.Resource.stages()) {
      List<Processor> entries = new ArrayList<>();
      for (TomlSection section : processors.sections(stage.key())) {
        entries.add(processor(stage, section));
        older.inProcessor(section);
      }
      if (entries.stream().anyMatch(ProcessorKeys::hasNoGpu)
          && !entries.stream().allMatch(ProcessorKeys::hasNoGpu)) {
        file.fault(
            "Some [[processors.%s]] in %s have `devices = []`, i.e. no GPU, and others allow some; a stage waits for its GPU, so give either all entries none or each entry some."
                .formatted(stage.key(), file.path()));
      }
      if (!entries.isEmpty()) {
        read.put(stage, List.copyOf(entries));
      }
    }
    return Map.copyOf(read);
  }

  private static boolean hasNoGpu(Processor processor) {
    return processor.devices().filter(List::isEmpty).isPresent();
  }

  private Processor processor(Step.Resource stage, TomlSection section) {
    TomlSection cgroup = section.section("cgroup");
    older.inCgroup(cgroup);
    Map<String, String> envs = section.texts("envs");
    envs.keySet().stream()
        .filter(name -> !VARIABLE.matcher(name).matches())
        .forEach(
            name ->
                file.fault(
                    "%s: '%s' cannot be a variable's name; leave '=' out of it."
                        .formatted(section.where("envs"), name)));
    return new Processor(
        envs,
        cgroup.parsed("cpuset", ProcessorKeys::checkCpus),
        section.count("numa_preferred", 0),
        section.count("concurrent", 1),
        stage.mayUseGpu() ? devices(section) : Optional.empty());
  }

  private static Optional<List<String>> devices(TomlSection section) {
    List<String> devices = section.list("devices", ProcessorKeys::checkDevice);
    return section.has("devices") ? Optional.of(devices) : Optional.empty();
  }

  private static String checkDevice(String text) {
    if (!GPU.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a GPU; write its index, e.g. 0, or its UUID, e.g. \"GPU-…\", as reseal gpu list shows them."
              .formatted(text));
    }
    return text;
  }

  private static String checkCpus(String text) {
    CpuList.parse(text);
    return text.replace(" ", "");
  }
}
