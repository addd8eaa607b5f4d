package io.reseal.labelling;

import io.reseal.config.CpuList;
import io.reseal.config.Processor;
import io.reseal.config.WorkerConfig;
import io.reseal.plan.Step;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the CPUs and NUMA nodes of {@code [[processors.<stage>]]} that this machine lacks, as in a
 * file that was copied from a bigger host.
 */
public final class ProcessorFaults {

  /**
   * What is wrong with one entry.
   *
   * @param entry its name in the file, e.g. {@code [[processors.pc1]] #0}
   * @param text what it names and what there is
   * @param stops whether its stage fails because of it
   */
  public record Fault(String entry, String text, boolean stops) {}

  private final CpuTopology machine;

  /**
   * @param root where {@code proc} and {@code sys} are
   */
  public ProcessorFaults(Path root) {
    this.machine = CpuTopology.read(root);
  }

  /** All faults, by stage in the order of the steps. */
  public List<Fault> of(WorkerConfig config) {
    List<Fault> faults = new ArrayList<>();
    for (Step.Resource stage : Step.Resource.stages()) {
      List<Processor> entries = config.processors().getOrDefault(stage, List.of());
      for (int i = 0; i < entries.size(); i++) {
        add(faults, "[[processors.%s]] #%d".formatted(stage.key(), i), entries.get(i));
      }
    }
    return faults;
  }

  private void add(List<Fault> faults, String entry, Processor processor) {
    processor.cpus().ifPresent(list -> addCpus(faults, entry, list));
    Set<Integer> nodes = machine.nodes();
    processor
        .numaNode()
        .filter(node -> !nodes.isEmpty() && !nodes.contains(node))
        .ifPresent(
            node ->
                faults.add(
                    new Fault(
                        entry,
                        "there is no NUMA node %d (numa_preferred): this machine has %s"
                            .formatted(node, text(nodes)),
                        true)));
  }

  private void addCpus(List<Fault> faults, String entry, String list) {
    NavigableSet<Integer> lacking = new TreeSet<>(CpuList.parse(list));
    NavigableSet<Integer> there = new TreeSet<>();
    machine.cores().forEach(core -> there.addAll(core.cpus()));
    boolean none = !lacking.removeAll(there);
    if (!lacking.isEmpty()) {
      faults.add(
          new Fault(
              entry,
              "%s of the CPUs %s (cgroup.cpuset) can be used here: this process may use %s"
                  .formatted(none ? "none" : "not all", list, text(there)),
              none));
    }
  }

  private static String text(Collection<Integer> numbers) {
    return String.join(",", numbers.stream().map(String::valueOf).toList());
  }
}
