package io.reseal.core;

import java.util.Arrays;
import java.util.Optional;

/** Why the native core refused or failed: mirrors the codes of {@code reseal_core.h}. */
public enum CoreCode {
  INVALID_REQUEST(1, "InvalidRequest"),
  UNSUPPORTED_CPU(2, "UnsupportedCpu"),
  SETTINGS(3, "Settings"),
  BUSY(4, "Busy"),
  NO_SPACE(5, "NoSpace"),
  IO(6, "Io"),
  PIECE_MISSING(7, "PieceMissing"),
  PIECE_MISMATCH(8, "PieceMismatch"),
  COMM_D_MISMATCH(9, "CommDMismatch"),
  COMM_R_MISMATCH(10, "CommRMismatch"),
  SCRATCH_LOST(11, "ScratchLost"),
  SEAL_INVALID(12, "SealInvalid"),
  NOT_PROVABLE(13, "NotProvable"),
  PARENT_CACHE(14, "ParentCache"),
  PROOFS(15, "Proofs"),
  PANIC(16, "Panic"),
  PARAMETERS(17, "Parameters"),
  PROOF_INVALID(18, "ProofInvalid"),
  NO_MEMORY(19, "NoMemory"),
  DISK_FAILING(20, "DiskFailing"),
  GPU(21, "Gpu");

  private final int number;
  private final String text;

  CoreCode(int number, String text) {
    this.number = number;
    this.text = text;
  }

  public int number() {
    return number;
  }

  static Optional<CoreCode> ofText(String text) {
    return Arrays.stream(values()).filter(code -> code.text.equals(text)).findFirst();
  }

  @Override
  public String toString() {
    return text;
  }
}
