package io.reseal.threads;

import io.reseal.files.Scratch;
import io.reseal.files.ScratchOrigin;
import java.util.Optional;

/** Finds out which rebuild scratch files belong to, and whether that rebuild has ended. */
public interface ScratchEvidence {

  /** A rebuild that runs in this host's Temporal, as it is written down beside its files. */
  ScratchOrigin.Rebuild here(String workflowId, String runId);

  /** Whether a rebuild that runs in this host's Temporal is the one that was written down. */
  boolean isSame(ScratchOrigin.Rebuild noted, String workflowId, String runId);

  /**
   * Whether the files are still needed.
   *
   * @param origin what they say of themselves, if they do
   */
  ScratchVerdict judge(Scratch.Claim claim, Optional<ScratchOrigin> origin);
}
