package io.reseal.sealing;

import io.reseal.contract.FailureType;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.files.ForeignFilesException;
import io.reseal.files.IncompleteSectorException;
import io.reseal.files.NoStoreException;
import io.reseal.pieces.PieceMissingException;
import io.reseal.pieces.PieceTooLongException;
import io.reseal.threads.NoThreadException;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.util.Locale;

/** What each thing that can go wrong on a host is to Temporal: one table. */
final class Failures {

  private Failures() {}

  static ApplicationFailure of(Exception cause) {
    FailureType type = type(cause);
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
    if (cause instanceof StageDiedException || cause instanceof StepStoppedException) {
      return FailureType.HOST_STAGE_DIED;
    }
    if (cause instanceof NoThreadException) {
      return FailureType.HOST_BUSY;
    }
    if (cause instanceof PieceMissingException) {
      return FailureType.SECTOR_PIECE_MISSING;
    }
    if (cause instanceof PieceTooLongException) {
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
      return isDiskFull(cause) ? FailureType.HOST_SCRATCH_FULL : FailureType.HOST_IO;
    }
    return FailureType.HOST_CORE;
  }

  private static FailureType type(CoreCode code) {
    return switch (code) {
      case INVALID_REQUEST -> FailureType.SECTOR_INPUTS_INVALID;
      case UNSUPPORTED_CPU, SETTINGS -> FailureType.CONFIG_INVALID;
      case BUSY -> FailureType.HOST_BUSY;
      case NO_SPACE -> FailureType.HOST_SCRATCH_FULL;
      case IO -> FailureType.HOST_IO;
      case PIECE_MISSING -> FailureType.SECTOR_PIECE_MISSING;
      case PIECE_MISMATCH -> FailureType.SECTOR_PIECE_MISMATCH;
      case COMM_D_MISMATCH -> FailureType.SECTOR_COMM_D_MISMATCH;
      case COMM_R_MISMATCH -> FailureType.SECTOR_COMM_R_MISMATCH;
      case SCRATCH_LOST -> FailureType.SCRATCH_LOST;
      case SEAL_INVALID -> FailureType.SECTOR_SEAL_INVALID;
      case PROOF_INVALID -> FailureType.SECTOR_PROOF_INVALID;
      case NOT_PROVABLE -> FailureType.SECTOR_NOT_PROVABLE;
      case PARENT_CACHE, PROOFS, PANIC -> FailureType.HOST_CORE;
      case PARAMETERS -> FailureType.HOST_NO_PARAMETERS;
      case NO_MEMORY -> FailureType.HOST_MEMORY;
      case DISK_FAILING -> FailureType.HOST_DISK;
      case GPU -> FailureType.HOST_GPU;
    };
  }

  private static boolean isDiskFull(Exception cause) {
    return cause.getMessage() != null
        && cause.getMessage().toLowerCase(Locale.ROOT).contains("no space left");
  }
}
