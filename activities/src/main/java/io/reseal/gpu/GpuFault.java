package io.reseal.gpu;

import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;

/** Whether it is the GPU's fault that a stage failed which had one. */
final class GpuFault {

  private GpuFault() {}

  /** A proof that does not verify was computed wrongly: what it is made of was verified before. */
  static boolean is(Exception failure) {
    return failure instanceof CoreException core
        ? core.code() == CoreCode.GPU || core.code() == CoreCode.PROOF_INVALID
        : failure instanceof StageDiedException died
            && died.reason() == StageDiedException.Cause.CRASH;
  }
}
