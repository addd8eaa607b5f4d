package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.core.CoreRequest;
import io.reseal.core.Operation;
import io.reseal.core.StageProgram;
import io.reseal.files.HangingException;
import io.reseal.plan.Step;
import io.reseal.threads.SealingThread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Work that makes no progress, and how it is ended. */
class StepWorkTest {

  @TempDir private Path temp;

  private long millis;
  private long nanos;

  private ProgressLine progress(long usualMillis) throws IOException {
    return new ProgressLine(Step.PC2, thread(), () -> OptionalLong.of(usualMillis), () -> millis);
  }

  private SealingThread thread() throws IOException {
    return new TestHost(temp).threads(null).all().get(0);
  }

  private StepWork work(ProgressLine progress, String... lines) throws IOException {
    Path script = temp.resolve("stage");
    Files.writeString(script, "#!/bin/bash\nread -r request\n" + String.join("\n", lines) + "\n");
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return new StepWork(
        new StageProgram(script, Map.of()),
        null,
        Optional.empty(),
        progress,
        warning -> {},
        () -> nanos);
  }

  // Catches: a stage that hangs and is never ended, or whose end has another reason.
  @Test
  void aStageThatStallsIsEndedWithTheReason() throws Exception {
    StepWork work = work(progress(1), "exec sleep 600");
    CompletableFuture<Object> result =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return work.run(
                    new CoreRequest(Operation.DESCRIBE, new ObjectMapper().createObjectNode()));
              } catch (Exception e) {
                return e;
              }
            });
    while (!work.hasStage()) {
      Thread.onSpinWait();
    }

    work.stall(new StalledException("It hung.", 1));

    assertThat(result.get(60, TimeUnit.SECONDS))
        .isInstanceOf(StalledException.class)
        .hasFieldOrPropertyWithValue("message", "It hung.");
    assertThat(work.hasStage()).isFalse();
  }

  // Catches: silence that is counted from the step's start, or not reset by progress, or reset by
  // reports that always say the same.
  @Test
  void silenceCountsFromTheLastChange() throws IOException {
    ProgressLine progress = progress(1000);
    millis = 5000;
    assertThat(progress.silent()).isEqualTo(Duration.ofSeconds(5));
    progress.begin();
    assertThat(progress.silent()).isZero();
    millis = 6000;
    progress.report("one");
    millis = 9000;
    progress.report("one");
    assertThat(progress.silent()).isEqualTo(Duration.ofSeconds(3));
    progress.report("two");
    assertThat(progress.silent()).isZero();
    millis = 60_000;
    progress.waits("waits for a core");
    assertThat(progress.silent()).isZero();
    assertThat(progress.usualSilence()).hasValue(1000);
  }

  // Catches: an abort that waits for a store that hangs, or work that is left while it is merely
  // waiting for a GPU.
  @Test
  void workOnFilesIsLeftSoonWhenItIsStoppedAndElseAfterTheLimit() throws Exception {
    Duration limit = Duration.ofMinutes(15);
    StepWork work = work(progress(1));
    work.checkFiles("Persist of f01001/1", limit, limit);
    work.waiting(
        () -> {
          work.checkFiles("Persist of f01001/1", limit.plusSeconds(1), limit);
          return null;
        });
    assertThatThrownBy(() -> work.checkFiles("Persist of f01001/1", limit.plusSeconds(1), limit))
        .isInstanceOf(HangingException.class)
        .hasMessageContaining("Persist of f01001/1 waited for its files for 901 s");
    assertThatThrownBy(work::throwIfStopped).isInstanceOf(StepStoppedException.class);

    StepWork stopped = work(progress(1));
    stopped.stop();
    nanos = Duration.ofSeconds(2).toNanos();
    stopped.checkFiles("Persist of f01001/1", Duration.ofSeconds(2), limit);
    nanos = Duration.ofSeconds(4).toNanos();
    assertThatThrownBy(
            () -> stopped.checkFiles("Persist of f01001/1", Duration.ofSeconds(4), limit))
        .isInstanceOf(StepStoppedException.class);
  }
}
