package io.reseal.core;

import io.reseal.contract.FailureType;
import java.util.Arrays;
import java.util.Optional;

/** Why the native core refused or failed: mirrors the codes of {@code reseal_core.h}. */
public enum CoreCode {
  INVALID_REQUEST(1, "InvalidRequest", FailureType.SECTOR_INPUTS_INVALID),
  UNSUPPORTED_CPU(2, "UnsupportedCpu", FailureType.CONFIG_INVALID),
  SETTINGS(3, "Settings", FailureType.CONFIG_INVALID),
  BUSY(4, "Busy", FailureType.HOST_BUSY),
  NO_SPACE(5, "NoSpace", FailureType.HOST_SCRATCH_FULL),
  IO(6, "Io", FailureType.HOST_IO),
  PIECE_MISSING(7, "PieceMissing", FailureType.SECTOR_PIECE_MISSING),
  PIECE_MISMATCH(8, "PieceMismatch", FailureType.SECTOR_PIECE_MISMATCH),
  COMM_D_MISMATCH(9, "CommDMismatch", FailureType.SECTOR_COMM_D_MISMATCH),
  COMM_R_MISMATCH(10, "CommRMismatch", FailureType.SECTOR_COMM_R_MISMATCH),
  SCRATCH_LOST(11, "ScratchLost", FailureType.SCRATCH_LOST),
  SEAL_INVALID(12, "SealInvalid", FailureType.SECTOR_SEAL_INVALID),
  NOT_PROVABLE(13, "NotProvable", FailureType.SECTOR_NOT_PROVABLE),
  PARENT_CACHE(14, "ParentCache", FailureType.HOST_CORE),
  PROOFS(15, "Proofs", FailureType.HOST_CORE),
  PANIC(16, "Panic", FailureType.HOST_CORE),
  PARAMETERS(17, "Parameters", FailureType.HOST_NO_PARAMETERS),
  PROOF_INVALID(18, "ProofInvalid", FailureType.SECTOR_PROOF_INVALID),
  NO_MEMORY(19, "NoMemory", FailureType.HOST_MEMORY),
  DISK_FAILING(20, "DiskFailing", FailureType.HOST_IO),
  GPU(21, "Gpu", FailureType.HOST_GPU);

  private final int number;
  private final String text;
  private final FailureType failureType;

  CoreCode(int number, String text, FailureType failureType) {
    this.number = number;
    this.text = text;
    this.failureType = failureType;
  }

  public int number() {
    return number;
  }

  /** The failure of the step in which the core gave this code. */
  FailureType failureType() {
    return failureType;
  }

  static Optional<CoreCode> ofText(String text) {
    return Arrays.stream(values()).filter(code -> code.text.equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return text;
  }
}
