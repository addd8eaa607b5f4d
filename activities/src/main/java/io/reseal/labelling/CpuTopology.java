package io.reseal.labelling;

import io.reseal.config.CpuList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The CPUs that this process may use, grouped into cores as the kernel reports them. */
final class CpuTopology {

  /**
   * A physical core, or a single CPU if nothing else is known about it. Or one of the CPUs of a
   * core, if each labels for itself.
   *
   * @param id the first of the physical core's CPUs
   * @param cpus its usable CPUs, in order
   * @param l3 the first of the CPUs that share its last-level cache; its own first CPU if unknown
   */
  record Core(int id, NavigableSet<Integer> cpus, int l3) {

    /** Its CPUs, each for itself. */
    Stream<Core> apart() {
      return cpus.stream().map(cpu -> new Core(id, new TreeSet<>(Set.of(cpu)), l3));
    }
  }

  private static final String ALLOWED = "Cpus_allowed_list:";

  private final List<Core> cores;
  private final NavigableSet<Integer> nodes;

  private CpuTopology(List<Core> cores, NavigableSet<Integer> nodes) {
    this.cores = List.copyOf(cores);
    this.nodes = nodes;
  }

  /**
   * @param root where {@code proc} and {@code sys} are
   */
  static CpuTopology read(Path root) {
    Path cpus = root.resolve("sys/devices/system/cpu");
    NavigableSet<Integer> left = new TreeSet<>(allowed(root, cpus));
    List<Core> cores = new ArrayList<>();
    while (!left.isEmpty()) {
      int first = left.first();
      Path cpu = cpus.resolve("cpu" + first);
      NavigableSet<Integer> own = list(cpu.resolve("topology/thread_siblings_list"));
      own.retainAll(left);
      own.add(first);
      NavigableSet<Integer> sharing = list(cpu.resolve("cache/index3/shared_cpu_list"));
      cores.add(new Core(first, own, sharing.isEmpty() ? first : sharing.first()));
      left.removeAll(own);
    }
    return new CpuTopology(cores, list(root.resolve("sys/devices/system/node/online")));
  }

  /** What the kernel calls the CPU; empty if it does not say. */
  static String model(Path root) {
    return line(root.resolve("proc/cpuinfo"), "model name")
        .map(line -> line.replaceFirst("^\\s*:\\s*", ""))
        .orElse("");
  }

  /** All cores, ordered by their first CPU. */
  List<Core> cores() {
    return cores;
  }

  /** The NUMA nodes; none if the kernel does not say. */
  NavigableSet<Integer> nodes() {
    return new TreeSet<>(nodes);
  }

  /** The parts of the cores that are in a list of CPUs. */
  List<Core> within(String cpuList) {
    NavigableSet<Integer> wanted = CpuList.parse(cpuList);
    return cores.stream()
        .map(core -> new Core(core.id(), both(core.cpus(), wanted), core.l3()))
        .filter(core -> !core.cpus().isEmpty())
        .toList();
  }

  private static NavigableSet<Integer> both(
      NavigableSet<Integer> some, NavigableSet<Integer> others) {
    NavigableSet<Integer> both = new TreeSet<>(some);
    both.retainAll(others);
    return both;
  }

  private static NavigableSet<Integer> allowed(Path root, Path cpus) {
    NavigableSet<Integer> allowed =
        line(root.resolve("proc/self/status"), ALLOWED)
            .map(CpuTopology::parsed)
            .orElseGet(TreeSet::new);
    NavigableSet<Integer> online = list(cpus.resolve("online"));
    if (allowed.isEmpty() || online.isEmpty()) {
      allowed.addAll(online);
    } else {
      allowed.retainAll(online);
    }
    if (allowed.isEmpty()) {
      IntStream.range(0, Runtime.getRuntime().availableProcessors()).forEach(allowed::add);
    }
    return allowed;
  }

  private static NavigableSet<Integer> list(Path file) {
    return line(file, "").map(CpuTopology::parsed).orElseGet(TreeSet::new);
  }

  private static NavigableSet<Integer> parsed(String list) {
    try {
      return CpuList.parse(list);
    } catch (IllegalArgumentException e) {
      return new TreeSet<>();
    }
  }

  /** The rest of the first line that starts with {@code beginning}. */
  private static Optional<String> line(Path file, String beginning) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(beginning))
          .map(line -> line.substring(beginning.length()).strip())
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }
}
