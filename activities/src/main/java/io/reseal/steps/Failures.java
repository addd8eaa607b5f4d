package io.reseal.steps;

import io.reseal.contract.FailureType;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.ForeignFilesException;
import io.reseal.files.IncompleteSectorException;
import io.reseal.files.NoStoreException;
import io.reseal.pieces.PieceMissingException;
import io.reseal.pieces.PieceUnfitException;
import io.reseal.threads.NoThreadException;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** What each thing that can go wrong on a host is to Temporal: one table. */
final class Failures {

  private Failures() {}

  /** Of something that has no scratch location. */
  static ApplicationFailure of(Exception cause) {
    return of(cause, Optional.empty());
  }

  /**
   * Of a step.
   *
   * @param scratch the location it works in: a disk that fails there is the host's fault
   */
  static ApplicationFailure of(Exception cause, Optional<Path> scratch) {
    FailureType type = isDiskFailing(cause, scratch) ? FailureType.HOST_DISK : type(cause);
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return ApplicationFailure.newBuilder()
        .setType(type.code())
        .setMessage(message)
        .setNonRetryable(!type.isRetried())
        .build();
  }

  private static FailureType type(Exception cause) {
    if (cause instanceof CoreException core) {
      return type(core.code());
    }
    if (cause instanceof WrongSealException wrong) {
      return wrong.type();
    }
    if (cause instanceof StageDiedException died
        && died.reason() == StageDiedException.Cause.MEMORY) {
      return FailureType.HOST_MEMORY;
    }
    if (cause instanceof StageDiedException || cause instanceof StepStoppedException) {
      return FailureType.HOST_STAGE_DIED;
    }
    if (cause instanceof NoThreadException) {
      return FailureType.HOST_BUSY;
    }
    if (cause instanceof PieceMissingException) {
      return FailureType.SECTOR_PIECE_MISSING;
    }
    if (cause instanceof PieceUnfitException) {
      return FailureType.SECTOR_PIECE_MISMATCH;
    }
    if (cause instanceof NoStoreException) {
      return FailureType.HOST_NO_STORE;
    }
    if (cause instanceof ForeignFilesException) {
      return FailureType.CONFIG_INVALID;
    }
    if (cause instanceof IncompleteSectorException) {
      return FailureType.SCRATCH_LOST;
    }
    if (cause instanceof IOException) {
      return says(cause, "no space left")
          ? FailureType.HOST_SCRATCH_FULL
          : says(cause, "cannot allocate memory") ? FailureType.HOST_MEMORY : FailureType.HOST_IO;
    }
    return FailureType.HOST_CORE;
  }

  private static FailureType type(CoreCode code) {
    return switch (code) {
      case INVALID_REQUEST -> FailureType.SECTOR_INPUTS_INVALID;
      case UNSUPPORTED_CPU, SETTINGS -> FailureType.CONFIG_INVALID;
      case BUSY -> FailureType.HOST_BUSY;
      case NO_SPACE -> FailureType.HOST_SCRATCH_FULL;
      case IO, DISK_FAILING -> FailureType.HOST_IO;
      case PIECE_MISSING -> FailureType.SECTOR_PIECE_MISSING;
      case PIECE_MISMATCH -> FailureType.SECTOR_PIECE_MISMATCH;
      case COMM_D_MISMATCH -> FailureType.SECTOR_COMM_D_MISMATCH;
      case COMM_R_MISMATCH -> FailureType.SECTOR_COMM_R_MISMATCH;
      case SCRATCH_LOST -> FailureType.SCRATCH_LOST;
      case SEAL_INVALID -> FailureType.SECTOR_SEAL_INVALID;
      case PROOF_INVALID -> FailureType.SECTOR_PROOF_INVALID;
      case NOT_PROVABLE -> FailureType.SECTOR_NOT_PROVABLE;
      case PARAMETERS -> FailureType.HOST_NO_PARAMETERS;
      case NO_MEMORY -> FailureType.HOST_MEMORY;
      case GPU -> FailureType.HOST_GPU;
      case PARENT_CACHE, PROOFS, PANIC -> FailureType.HOST_CORE;
    };
  }

  /** Stores and pieces lie on other disks; what fails there does not speak against the thread. */
  private static boolean isDiskFailing(Exception cause, Optional<Path> scratch) {
    if (cause instanceof CoreException core) {
      Optional<Path> file = core.file().filter(path -> core.code() == CoreCode.DISK_FAILING);
      return file.isPresent() && scratch.filter(file.get()::startsWith).isPresent();
    }
    boolean failing =
        cause instanceof IOException
            && (says(cause, "input/output error") || says(cause, "read-only file system"));
    return failing && scratch.isPresent() && cause.getMessage().contains(scratch.get() + "/");
  }

  private static boolean says(Exception cause, String words) {
    return cause.getMessage() != null
        && cause.getMessage().toLowerCase(Locale.ROOT).contains(words);
  }
}
