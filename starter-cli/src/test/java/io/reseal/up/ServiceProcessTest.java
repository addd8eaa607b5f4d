package io.reseal.up;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Child processes: their logs, their end, and those left over. */
class ServiceProcessTest {

  @TempDir Path logs;

  private ServiceProcess start(String script) throws IOException {
    return ServiceProcess.start(
        "service", logs, List.of("/bin/sh", "-c", script), Map.of("GIVEN", "this"));
  }

  @Test
  void whatItSaysIsInItsLog() throws IOException {
    ServiceProcess process = start("echo out $GIVEN; echo err >&2");

    assertThat(process.onExit().join().exitValue()).isZero();
    assertThat(process.lastWords()).isEqualTo("out this\nerr");
  }

  /** Fails when a service that ignores the request to end keeps the installation from stopping. */
  @Test
  void oneThatDoesNotWantToEndIsEndedHard() throws IOException {
    ServiceProcess process = start("trap '' TERM; echo ready; while :; do sleep 1; done");
    while (!process.lastWords().contains("ready")) {
      Thread.onSpinWait();
    }

    process.stop(Duration.ofMillis(100));

    assertThat(process.isAlive()).isFalse();
    assertThat(logs.resolve("service.pid")).doesNotExist();
  }

  @Test
  void oneLeftOverIsEndedByTheNextStart() throws IOException {
    ServiceProcess leftOver = start("sleep 600");

    ServiceProcess next = start("true");

    assertThat(leftOver.onExit().join().isAlive()).isFalse();
    assertThat(next.onExit().join().exitValue()).isZero();
  }

  /** Fails when a process that only got a dead one's number is ended in its place. */
  @Test
  void aProcessThatOnlyHasTheSameNumberIsLeftAlone() throws IOException {
    ServiceProcess other = start("sleep 600");
    Path pidFile = logs.resolve("service.pid");
    String pid = Files.readString(pidFile).split(" ", -1)[0];
    Files.writeString(pidFile, pid + " 2001-01-01T00:00:00Z\n");

    ServiceProcess.endLeftover(pidFile);

    assertThat(other.isAlive()).isTrue();
    assertThat(pidFile).doesNotExist();
    other.stop(Duration.ofSeconds(10));
  }
}
