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
    FailureType type = type(cause, scratch);
    ApplicationFailure.Builder failure =
        ApplicationFailure.newBuilder()
            .setType(type.code())
            .setMessage(sentence(cause))
            .setNonRetryable(!type.isRetried());
    if (cause instanceof WrongSealException wrong && type == FailureType.SECTOR_COMM_R_MISMATCH) {
      wrong.computed().ifPresent(failure::setDetails);
    }
    return failure.build();
  }

  private static String sentence(Exception cause) {
    if (cause instanceof IOException io && !(cause instanceof HasFailureType)) {
      return OsError.sentence(io);
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private static FailureType type(Exception cause, Optional<Path> scratch) {
    FailureType alone = type(cause);
    boolean elsewhere =
        scratch.isPresent()
            && file(cause).filter(path -> !path.startsWith(scratch.get())).isPresent();
    if (alone == FailureType.HOST_SCRATCH_FULL && elsewhere) {
      return FailureType.HOST_IO;
    }
    // Stores and pieces are on other disks: what fails there says nothing about the thread.
    boolean inScratch =
        file(cause).filter(path -> scratch.filter(path::startsWith).isPresent()).isPresent();
    return inScratch && isDiskFailing(cause) ? FailureType.HOST_DISK : alone;
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
      default -> FailureType.HOST_IO;
    };
  }

  private static boolean isDiskFailing(Exception cause) {
    return cause instanceof CoreException core
        ? core.code() == CoreCode.DISK_FAILING
        : cause instanceof IOException io && OsError.of(io).isDiskFailing();
  }

  /** The file that the failure is about, if it names one. */
  private static Optional<Path> file(Exception cause) {
    if (cause instanceof CoreException core) {
      return core.file();
    }
    return cause instanceof IOException io ? OsError.file(io) : Optional.empty();
  }
}
