package io.reseal.config;

import io.reseal.plan.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads {@code [[processors.<stage>]]} of the stages that run as processes of their own. */
final class ProcessorKeys {

  /** The stages; their keys are the older system's names. */
  static final List<Step.Resource> STAGES =
      List.of(
          Step.Resource.ADD_PIECES,
          Step.Resource.TREE_D,
          Step.Resource.PC1,
          Step.Resource.PC2,
          Step.Resource.C1,
          Step.Resource.C2,
          Step.Resource.SYNTH_PROOF,
          Step.Resource.SNAP_ENCODE);

  private static final Pattern VARIABLE = Pattern.compile("[^=\\x00]+");

  private final TomlFile file;
  private final OlderKeys older;

  ProcessorKeys(TomlFile file, OlderKeys older) {
    this.file = file;
    this.older = older;
  }

  Map<Step.Resource, List<Processor>> read(TomlSection processors) {
    Map<Step.Resource, List<Processor>> read = new EnumMap<>(Step.Resource.class);
    for (Step.Resource stage : STAGES) {
      List<Processor> entries = new ArrayList<>();
      for (TomlSection section : processors.sections(stage.key())) {
        entries.add(processor(section));
        older.inProcessor(section);
      }
      if (!entries.isEmpty()) {
        read.put(stage, List.copyOf(entries));
      }
    }
    return Map.copyOf(read);
  }

  private Processor processor(TomlSection section) {
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
        section.count("concurrent", 1));
  }

  private static String checkCpus(String text) {
    var unused = CpuList.parse(text);
    return text.replace(" ", "");
  }
}
