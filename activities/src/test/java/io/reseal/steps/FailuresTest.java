package io.reseal.steps;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.FailureType;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each failure of a host is to Temporal. */
class FailuresTest {

  private static final Map<CoreCode, String> TYPES = new EnumMap<>(CoreCode.class);

  static {
    TYPES.put(CoreCode.INVALID_REQUEST, "Sector.InputsInvalid");
    TYPES.put(CoreCode.UNSUPPORTED_CPU, "Config.Invalid");
    TYPES.put(CoreCode.SETTINGS, "Config.Invalid");
    TYPES.put(CoreCode.BUSY, "Host.Busy");
    TYPES.put(CoreCode.NO_SPACE, "Host.ScratchFull");
    TYPES.put(CoreCode.IO, "Host.Io");
    TYPES.put(CoreCode.PIECE_MISSING, "Sector.PieceMissing");
    TYPES.put(CoreCode.PIECE_MISMATCH, "Sector.PieceMismatch");
    TYPES.put(CoreCode.COMM_D_MISMATCH, "Sector.CommDMismatch");
    TYPES.put(CoreCode.COMM_R_MISMATCH, "Sector.CommRMismatch");
    TYPES.put(CoreCode.SCRATCH_LOST, "Scratch.Lost");
    TYPES.put(CoreCode.SEAL_INVALID, "Sector.SealInvalid");
    TYPES.put(CoreCode.NOT_PROVABLE, "Sector.NotProvable");
    TYPES.put(CoreCode.PARENT_CACHE, "Host.Core");
    TYPES.put(CoreCode.PROOFS, "Host.Core");
    TYPES.put(CoreCode.PANIC, "Host.Core");
    TYPES.put(CoreCode.PARAMETERS, "Host.NoParameters");
    TYPES.put(CoreCode.PROOF_INVALID, "Sector.ProofInvalid");
    TYPES.put(CoreCode.NO_MEMORY, "Host.Memory");
    TYPES.put(CoreCode.DISK_FAILING, "Host.Io");
    TYPES.put(CoreCode.GPU, "Host.Gpu");
  }

  @ParameterizedTest
  @EnumSource
  void everyCodeOfTheCoreHasItsTypeAndKeepsItsSentence(CoreCode code) {
    ApplicationFailure failure = Failures.of(new CoreException(code, "A sentence."));
    assertThat(failure.getType()).isEqualTo(TYPES.get(code));
    assertThat(failure.getOriginalMessage()).isEqualTo("A sentence.");
    assertThat(failure.isNonRetryable())
        .isEqualTo(!FailureType.find(TYPES.get(code)).orElseThrow().isRetried());
  }

  @ParameterizedTest
  @EnumSource
  void whatIsNotTriedAgainInPlaceIsParkedOrBegunAnew(CoreCode code) {
    FailureType type = FailureType.find(TYPES.get(code)).orElseThrow();
    assertThat(!type.isRetried() || type.mayPass()).isTrue();
  }

  @Test
  void aFullDiskIsToldFromOtherTroubleWithFiles() {
    assertThat(Failures.of(new IOException("write: No space left on device")).getType())
        .isEqualTo("Host.ScratchFull");
    assertThat(Failures.of(new IOException("Input/output error")).getType()).isEqualTo("Host.Io");
  }

  // Seen to fail: with a rule that does not look where the file lies.
  @Test
  void aDiskThatFailsUnderTheScratchIsTheHostsFaultAndElsewhereIsTriedAgain() {
    Optional<Path> scratch = Optional.of(Path.of("/mnt/nvme1"));
    IOException inScratch =
        new FileSystemException("/mnt/nvme1/cache/x", null, "Input/output error");
    assertThat(Failures.of(inScratch, scratch).getType()).isEqualTo("Host.Disk");
    assertThat(Failures.of(inScratch, scratch).isNonRetryable()).isTrue();
    assertThat(
            Failures.of(
                    new FileSystemException("/mnt/nvme1/reseal", null, "Read-only file system"),
                    scratch)
                .getType())
        .isEqualTo("Host.Disk");
    assertThat(
            Failures.of(
                    new FileSystemException("/mnt/nvme1/reseal", null, "Stale file handle"),
                    scratch)
                .getType())
        .isEqualTo("Host.Disk");
    assertThat(
            Failures.of(
                    new CoreException(CoreCode.DISK_FAILING, "It failed.", "/mnt/nvme1/cache/x"),
                    scratch)
                .getType())
        .isEqualTo("Host.Disk");
    assertThat(
            Failures.of(
                    new FileSystemException("/mnt/nvme10/sealed/x", null, "Input/output error"),
                    scratch)
                .getType())
        .isEqualTo("Host.Io");
    assertThat(
            Failures.of(
                    new CoreException(
                        CoreCode.DISK_FAILING, "Not of /mnt/nvme1/ at all.", "/pieces/x"),
                    scratch)
                .getType())
        .isEqualTo("Host.Io");
    assertThat(
            Failures.of(
                    new FileSystemException("/mnt/nvme1/cache/x", null, "Permission denied"),
                    scratch)
                .getType())
        .isEqualTo("Host.Io");
  }

  // Catches: a full store or piece cache that is reported as a full scratch disk.
  @Test
  void aFullDiskElsewhereIsNotBlamedOnTheScratch() {
    Optional<Path> scratch = Optional.of(Path.of("/mnt/nvme1"));
    IOException inStore =
        new FileSystemException("/store/sealed/x", null, "No space left on device");

    ApplicationFailure failure = Failures.of(inStore, scratch);

    assertThat(failure.getType()).isEqualTo("Host.Io");
    assertThat(failure.getOriginalMessage())
        .contains("/store/sealed/x", "its file system is full", "free space there");
    assertThat(
            Failures.of(new CoreException(CoreCode.NO_SPACE, "It is full.", "/parents/x"), scratch)
                .getType())
        .isEqualTo("Host.Io");
    assertThat(
            Failures.of(
                    new FileSystemException("/mnt/nvme1/x", null, "Disk quota exceeded"), scratch)
                .getType())
        .isEqualTo("Host.ScratchFull");
  }

  @Test
  void aStageThatDiedForWantOfMemoryIsTheHostsFault() {
    assertThat(
            Failures.of(new StageDiedException("Killed.", StageDiedException.Cause.MEMORY))
                .getType())
        .isEqualTo("Host.Memory");
    assertThat(
            Failures.of(
                    new IOException("Cannot run program \"x\": error=12, Cannot allocate memory"))
                .getType())
        .isEqualTo("Host.Memory");
  }

  @Test
  void aStageThatDiedIsTriedAgain() {
    ApplicationFailure failure = Failures.of(new StageDiedException("Killed."));
    assertThat(failure.getType()).isEqualTo("Host.StageDied");
    assertThat(failure.isNonRetryable()).isFalse();
  }

  @Test
  void anythingElseIsTheCoresAndHasAMessage() {
    ApplicationFailure failure = Failures.of(new IllegalStateException());
    assertThat(failure.getType()).isEqualTo("Host.Core");
    assertThat(failure.getOriginalMessage()).contains("IllegalStateException");
  }
}
