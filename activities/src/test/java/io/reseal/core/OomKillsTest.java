package io.reseal.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's count of processes killed for want of memory. */
class OomKillsTest {

  @TempDir Path root;

  private void write(String file, String text) throws IOException {
    Files.createDirectories(root.resolve(file).getParent());
    Files.writeString(root.resolve(file), text);
  }

  @Test
  void theControlGroupsCountGoesBeforeTheMachines() throws IOException {
    write("proc/self/cgroup", "0::/system.slice/reseal.service\n");
    write("sys/fs/cgroup/system.slice/reseal.service/memory.events", "oom 3\noom_kill 2\n");
    write("proc/vmstat", "pgfault 1\noom_kill 9\n");
    assertThat(new OomKills(root).count()).isEqualTo(2);
  }

  @Test
  void theMachinesCountIsTakenWhereThereIsNoGroup() throws IOException {
    write("proc/self/cgroup", "4:memory:/docker/1\n");
    write("proc/vmstat", "pgfault 1\noom_kill 9\n");
    assertThat(new OomKills(root).count()).isEqualTo(9);
  }

  @Test
  void nothingIsCountedWhereTheKernelDoesNotTell() {
    assertThat(new OomKills(root).count()).isZero();
  }
}
