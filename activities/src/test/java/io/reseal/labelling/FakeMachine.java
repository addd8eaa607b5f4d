package io.reseal.labelling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A machine as the kernel would describe it, in a directory. */
final class FakeMachine {

  private final Path root;

  FakeMachine(Path root) {
    this.root = root;
  }

  /**
   * Cores of one or two CPUs; the second one of core 3 of 32 is CPU 35. Cores that follow each
   * other share a last cache.
   */
  FakeMachine cores(int cores, int caches, boolean smt) throws IOException {
    int each = cores / caches;
    for (int core = 0; core < cores; core++) {
      String siblings = smt ? "%d,%d".formatted(core, core + cores) : Integer.toString(core);
      int first = core / each * each;
      String sharing = "%d-%d".formatted(first, first + each - 1);
      if (smt) {
        sharing += ",%d-%d".formatted(first + cores, first + each - 1 + cores);
      }
      for (String cpu : siblings.split(",", -1)) {
        write(
            "sys/devices/system/cpu/cpu%s/topology/thread_siblings_list".formatted(cpu), siblings);
        write("sys/devices/system/cpu/cpu%s/cache/index3/shared_cpu_list".formatted(cpu), sharing);
      }
    }
    write("sys/devices/system/cpu/online", "0-" + (smt ? 2 * cores - 1 : cores - 1));
    return this;
  }

  FakeMachine allowing(String cpus) throws IOException {
    return write("proc/self/status", "Name:\tjava\nCpus_allowed_list:\t" + cpus);
  }

  FakeMachine memory(long kib, int hugePages) throws IOException {
    return write(
        "proc/meminfo",
        "MemTotal:       %d kB\nHugePages_Free:  %d\nHugepagesize:       2048 kB"
            .formatted(kib, hugePages));
  }

  FakeMachine write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text + "\n");
    return this;
  }

  Path root() {
    return root;
  }

  CpuTopology topology() {
    return CpuTopology.read(root);
  }
}
