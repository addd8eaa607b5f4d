package io.reseal.sealing;

import io.reseal.contract.FailureTypes;
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
    String type = type(cause);
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return ApplicationFailure.newBuilder()
        .setType(type)
        .setMessage(message)
        .setNonRetryable(FailureTypes.isPermanent(type))
        .build();
  }

  private static String type(Exception cause) {
    if (cause instanceof CoreException core) {
      return type(core.code());
    }
    if (cause instanceof StageDiedException || cause instanceof StepStoppedException) {
      return FailureTypes.HOST_STAGE_DIED;
    }
    if (cause instanceof NoThreadException) {
      return FailureTypes.HOST_BUSY;
    }
    if (cause instanceof PieceMissingException) {
      return FailureTypes.SECTOR_PIECE_MISSING;
    }
    if (cause instanceof PieceTooLongException) {
      return FailureTypes.SECTOR_PIECE_MISMATCH;
    }
    if (cause instanceof NoStoreException) {
      return FailureTypes.HOST_NO_STORE;
    }
    if (cause instanceof ForeignFilesException) {
      return FailureTypes.CONFIG_INVALID;
    }
    if (cause instanceof IncompleteSectorException) {
      return FailureTypes.SCRATCH_LOST;
    }
    if (cause instanceof IOException) {
      return isDiskFull(cause) ? FailureTypes.HOST_SCRATCH_FULL : FailureTypes.HOST_IO;
    }
    return FailureTypes.HOST_CORE;
  }

  private static String type(CoreCode code) {
    return switch (code) {
      case INVALID_REQUEST -> FailureTypes.SECTOR_INPUTS_INVALID;
      case UNSUPPORTED_CPU, SETTINGS, PARAMETERS -> FailureTypes.CONFIG_INVALID;
      case BUSY -> FailureTypes.HOST_BUSY;
      case NO_SPACE -> FailureTypes.HOST_SCRATCH_FULL;
      case IO, DISK_FAILING -> FailureTypes.HOST_IO;
      case PIECE_MISSING -> FailureTypes.SECTOR_PIECE_MISSING;
      case PIECE_MISMATCH -> FailureTypes.SECTOR_PIECE_MISMATCH;
      case COMM_D_MISMATCH -> FailureTypes.SECTOR_COMM_D_MISMATCH;
      case COMM_R_MISMATCH -> FailureTypes.SECTOR_COMM_R_MISMATCH;
      case SCRATCH_LOST -> FailureTypes.SCRATCH_LOST;
      case SEAL_INVALID, PROOF_INVALID -> FailureTypes.SECTOR_SEAL_INVALID;
      case NOT_PROVABLE -> FailureTypes.SECTOR_NOT_PROVABLE;
      case PARENT_CACHE, PROOFS, PANIC, NO_MEMORY, GPU -> FailureTypes.HOST_CORE;
    };
  }

  private static boolean isDiskFull(Exception cause) {
    return cause.getMessage() != null
        && cause.getMessage().toLowerCase(Locale.ROOT).contains("no space left");
  }
}
