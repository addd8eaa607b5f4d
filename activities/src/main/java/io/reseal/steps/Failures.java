package io.reseal.steps;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.files.OsError;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Turns what goes wrong on a host into the failure that Temporal and the rebuild see. */
final class Failures {

  private Failures() {}

  /** The failure of something that has no scratch location. */
  static ApplicationFailure of(Exception cause) {
    return of(cause, Optional.empty());
  }

  /**
   * The failure of a step.
   *
   * @param scratch the location it works in: a disk that fails there is a fault of the host
   */
  static ApplicationFailure of(Exception cause, Optional<Path> scratch) {
    FailureType type = isScratchFailing(cause, scratch) ? FailureType.HOST_DISK : type(cause);
    String message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    return ApplicationFailure.newBuilder()
        .setType(type.code())
        .setMessage(message)
        .setNonRetryable(!type.isRetried())
        .build();
  }

  private static FailureType type(Exception cause) {
    if (cause instanceof HasFailureType typed) {
      return typed.failureType();
    }
    return cause instanceof IOException io ? type(OsError.of(io)) : FailureType.HOST_CORE;
  }

  private static FailureType type(OsError error) {
    return switch (error) {
      case NO_SPACE -> FailureType.HOST_SCRATCH_FULL;
      case NO_MEMORY -> FailureType.HOST_MEMORY;
      case DISK_ERROR, READ_ONLY, OTHER -> FailureType.HOST_IO;
    };
  }

  /** Stores and pieces are on other disks: what fails there says nothing about the thread. */
  private static boolean isScratchFailing(Exception cause, Optional<Path> scratch) {
    return failingFile(cause)
        .filter(file -> scratch.filter(file::startsWith).isPresent())
        .isPresent();
  }

  /** The file whose disk fails, if that is what went wrong. */
  private static Optional<Path> failingFile(Exception cause) {
    if (cause instanceof CoreException core) {
      return core.file().filter(file -> core.code() == CoreCode.DISK_FAILING);
    }
    return cause instanceof IOException io && OsError.of(io).isDiskFailing()
        ? OsError.file(io)
        : Optional.empty();
  }
}
