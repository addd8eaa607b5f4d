package io.reseal.labelling;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.config.WorkerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorFaultsTest {

  @TempDir Path dir;

  // Catches: a file of a bigger host of which only PC1's CPUs are looked at.
  @Test
  void eachEntryThatNamesCpusOrNodesThatAreNotThereIsNamed() throws IOException {
    new FakeMachine(dir)
        .cores(4, 1, false)
        .allowing("0-1")
        .write("sys/devices/system/node/online", "0");
    WorkerConfig config =
        config(
            """
            [[processors.tree_d]]
            numa_preferred = 7
            cgroup.cpuset = "96-103"
            [[processors.pc1]]
            cgroup.cpuset = "0-3"
            [[processors.pc2]]
            numa_preferred = 0
            cgroup.cpuset = "0-1"
            [[processors.c2]]
            [[processors.c2]]
            numa_preferred = 6
            """);

    assertThat(new ProcessorFaults(dir).of(config))
        .extracting(fault -> fault.entry() + ": " + fault.text() + " " + fault.stops())
        .containsExactly(
            "[[processors.tree_d]] #0: none of the CPUs 96-103 (cgroup.cpuset) can be used here:"
                + " this process may use 0,1 true",
            "[[processors.tree_d]] #0: there is no NUMA node 7 (numa_preferred): this machine has"
                + " 0 true",
            "[[processors.pc1]] #0: not all of the CPUs 0-3 (cgroup.cpuset) can be used here: this"
                + " process may use 0,1 false",
            "[[processors.c2]] #1: there is no NUMA node 6 (numa_preferred): this machine has 0"
                + " true");
  }

  private WorkerConfig config(String processors) throws IOException {
    Path scratch = Files.createDirectory(dir.resolve("scratch"));
    Path store = Files.createDirectory(dir.resolve("store"));
    return WorkerConfig.load(
        Files.writeString(
            dir.resolve("worker.toml"),
            """
            [worker]
            name = "host-a"
            [[sealing_thread]]
            location = "%s"
            plan = "rebuild"
            [[attached]]
            location = "%s"
            """
                    .formatted(scratch, store)
                + processors));
  }
}
