package io.reseal.gpu;

import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;

/** Decides whether a failed stage failed because of its GPU. */
final class GpuFault {

  private GpuFault() {}

  /**
   * An invalid proof means that it was computed wrongly, because its inputs were verified before.
   */
  static boolean is(Exception failure) {
    return failure instanceof CoreException core
        ? core.code() == CoreCode.GPU || core.code() == CoreCode.PROOF_INVALID
        : failure instanceof StageDiedException died
            && died.reason() == StageDiedException.Cause.CRASH;
  }
}
