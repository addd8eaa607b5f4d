package io.reseal.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of {@code [[processors.<stage>]]}: where stage processes of one kind run.
 *
 * @param envs environment variables of such a stage process, overriding all others
 * @param cpus the CPUs it may use, e.g. {@code 0-3,8}; empty for all
 * @param numaNode the preferred NUMA node for its memory; empty for any
 * @param concurrent stage processes that may run here at a time; empty for any number
 * @param devices the GPUs they may use, each by its index or its UUID; empty for all, an empty list
 *     for none
 */
public record Processor(
    Map<String, String> envs,
    Optional<String> cpus,
    Optional<Integer> numaNode,
    Optional<Integer> concurrent,
    Optional<List<String>> devices) {

  /** Whether its stage processes may use the GPU of that index and UUID. */
  public boolean allowsGpu(int index, String uuid) {
    return devices.isEmpty()
        || devices.get().contains(Integer.toString(index))
        || devices.get().contains(uuid);
  }

  /** Leaves the variables' values out: they may be secrets, and records are printed into logs. */
  @Override
  public String toString() {
    return "Processor[envs=%s, cpus=%s, numaNode=%s, concurrent=%s, devices=%s]"
        .formatted(envs.keySet(), cpus, numaNode, concurrent, devices);
  }
}
