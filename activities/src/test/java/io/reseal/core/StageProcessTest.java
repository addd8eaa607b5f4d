package io.reseal.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a worker makes of how a stage process ends; the programs here are scripts. */
@Timeout(30)
class StageProcessTest {

  @TempDir private Path temp;

  @Test
  void progressComesInOrderBeforeTheResult() throws Exception {
    List<Long> done = new ArrayList<>();
    try (StageProcess process =
        start(
            "echo '{\"progress\":{\"done\":1,\"total\":2,\"unit\":\"layers\",\"text\":\"one\"}}'",
            "echo '{\"progress\":{\"done\":2,\"total\":2,\"unit\":\"layers\",\"text\":\"two\"}}'",
            "echo '{\"result\":{\"layers\":2}}'")) {
      assertThat(process.await(progress -> done.add(progress.done())).path("layers").asInt())
          .isEqualTo(2);
    }
    assertThat(done).containsExactly(1L, 2L);
  }

  // Catches: a stage that is handed the worker's passwords and tokens.
  @Test
  void aStageHasOnlyTheVariablesThatItNeeds() throws Exception {
    assertThat(System.getenv()).as("set for all tests").containsKey("TEMPORAL_DEBUG");
    try (StageProcess process =
        start(
            "echo \"{\\\"result\\\":{\\\"names\\\":\\\"$(env | cut -d= -f1 | tr '\\n' '"
                + " ')\\\"}}\"")) {
      assertThat(process.await(progress -> {}).path("names").asText())
          .contains("PATH")
          .doesNotContain("TEMPORAL", "RESEAL_NATIVE");
    }
    assertThat(
            StageEnvironment.inherited(
                Map.of(
                    "FULLNODE_API_INFO", "token:/ip4/127.0.0.1",
                    "RESEAL_CATALOG_PASSWORD", "secret",
                    "AWS_SECRET_ACCESS_KEY", "secret",
                    "FIL_PROOFS_PARENT_CACHE", "/mnt/parents",
                    "CUDA_VISIBLE_DEVICES", "0")))
        .containsOnlyKeys("FIL_PROOFS_PARENT_CACHE", "CUDA_VISIBLE_DEVICES");
  }

  @Test
  void anErrorKeepsItsCodeSentenceAndFile() throws Exception {
    try (StageProcess process =
        start(
            "echo '{\"error\":{\"code\":\"NoSpace\",\"message\":\"It is"
                + " full.\",\"file\":\"/mnt/x\"}}'",
            "exit 1")) {
      CoreException error =
          catchThrowableOfType(CoreException.class, () -> process.await(progress -> {}));
      assertThat(error.code()).isEqualTo(CoreCode.NO_SPACE);
      assertThat(error).hasMessage("It is full.");
      assertThat(error.file()).contains(Path.of("/mnt/x"));
    }
  }

  // Seen to fail: with a result that counts whatever the process's status is.
  @Test
  void aResultOfAProcessThatFailedIsNone() throws Exception {
    try (StageProcess process = start("echo '{\"result\":{}}'", "exit 3")) {
      assertThatThrownBy(() -> process.await(progress -> {}))
          .isInstanceOf(StageDiedException.class)
          .hasMessageContaining("ended with status 3");
    }
  }

  @Test
  void aKilledProcessIsNamedWithItsSignalAndLastWords() throws Exception {
    try (StageProcess process = start("echo 'layer 3 of 11' >&2", "kill -9 $$")) {
      assertThatThrownBy(() -> process.await(progress -> {}))
          .isInstanceOf(StageDiedException.class)
          .hasMessageContainingAll("signal 9", "killed", "layer 3 of 11");
    }
  }

  // Seen to fail: with a process that is taken for any other that died.
  @Test
  void aProcessThatSaysItGotNoMemoryEndedForWantOfIt() throws Exception {
    try (StageProcess process =
        start("echo 'memory allocation of 34359738368 bytes failed' >&2", "kill -6 $$")) {
      StageDiedException died =
          catchThrowableOfType(StageDiedException.class, () -> process.await(progress -> {}));
      assertThat(died.reason()).isEqualTo(StageDiedException.Cause.MEMORY);
      assertThat(died).hasMessageContainingAll("signal 6", "out of memory");
    }
  }

  // Seen to fail: with the GPU's memory taken for the host's.
  @Test
  void aProcessThatBreaksDownByItselfCrashedAlsoForWantOfTheGpusMemory() throws Exception {
    for (String end :
        List.of("kill -SEGV $$", "exit 255", "echo 'CUDA error: out of memory' >&2; kill -6 $$")) {
      try (StageProcess process = start(end)) {
        StageDiedException died =
            catchThrowableOfType(StageDiedException.class, () -> process.await(progress -> {}));
        assertThat(died.reason()).isEqualTo(StageDiedException.Cause.CRASH);
      }
    }
  }

  @Test
  void aProcessThatWasKilledByAnybodyElseDidNotEndForWantOfMemory() throws Exception {
    try (StageProcess process = start("kill -9 $$")) {
      StageDiedException died =
          catchThrowableOfType(StageDiedException.class, () -> process.await(progress -> {}));
      assertThat(died.reason()).isEqualTo(StageDiedException.Cause.STOPPED);
    }
  }

  // Seen to fail: with a request that must be written or else is an error of its own.
  @Test
  void aProcessThatDiedBeforeItWasToldWhatToDoDiedLikeAnyOther() throws Exception {
    Process process = new ProcessBuilder("/bin/sh", "-c", "kill -9 $$").start();
    process.waitFor();
    try (StageProcess stage =
        new StageProcess(process, new ObjectMapper().createObjectNode(), () -> {})) {
      assertThatThrownBy(() -> stage.await(progress -> {}))
          .isInstanceOf(StageDiedException.class)
          .hasMessageContaining("signal 9");
    }
  }

  // Seen to fail: with a process whose input is closed once the request is written.
  @Test
  void itsInputStaysOpenUntilItIsClosed() throws Exception {
    try (StageProcess process =
        start("if read -t 1 more; then :; elif [ $? -gt 128 ]; then echo '{\"result\":{}}'; fi")) {
      assertThat(process.await(progress -> {})).isEmpty();
    }
  }

  @Test
  void closingItEndsTheProcess() throws Exception {
    Path mark = temp.resolve("pid");
    StageProcess process =
        start("echo $$ > " + mark, "echo '{\"progress\":{\"done\":1}}'", "exec sleep 600");
    assertThatThrownBy(() -> process.await(progress -> process.kill()))
        .isInstanceOf(StageDiedException.class);
    long pid = Long.parseLong(Files.readString(mark).strip());
    assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
    process.close();
  }

  @Test
  void anUnknownCodeIsToldAsSuch() throws Exception {
    try (StageProcess process =
        start("echo '{\"error\":{\"code\":\"Odd\",\"message\":\"What?\"}}'", "exit 1")) {
      assertThatThrownBy(() -> process.await(progress -> {}))
          .isInstanceOf(CoreException.class)
          .hasMessageContainingAll("unknown error code 'Odd'", "What?");
    }
  }

  private StageProcess start(String... lines) throws IOException {
    Path script = temp.resolve("stage");
    Files.writeString(script, "#!/bin/bash\nread -r request\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return new StageProgram(script, Map.of())
        .start(new CoreRequest(Operation.DESCRIBE, new ObjectMapper().createObjectNode()));
  }
}
