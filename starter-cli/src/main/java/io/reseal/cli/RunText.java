package io.reseal.cli;

import io.reseal.contract.RunRecord;

/** How a run's parts are written. */
final class RunText {

  private RunText() {}

  /** {@code host-a#0}, or null while no thread was ever held. */
  static String thread(RunRecord run) {
    if (run.host() == null) {
      return null;
    }
    return run.threadIndex() == null ? run.host() : run.host() + "#" + run.threadIndex();
  }
}
