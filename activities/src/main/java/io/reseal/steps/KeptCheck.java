package io.reseal.steps;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.files.KeptDigests;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compares the kept files in scratch with the digests from the pass that made them. */
final class KeptCheck {

  /** What a check of a sector reports if a file that it reads is damaged. */
  private static final Set<CoreCode> PERHAPS_DAMAGED =
      EnumSet.of(
          CoreCode.SCRATCH_LOST,
          CoreCode.COMM_R_MISMATCH,
          CoreCode.SEAL_INVALID,
          CoreCode.NOT_PROVABLE,
          CoreCode.PROOFS,
          CoreCode.PANIC);

  /** Work that reads the files of a replica. */
  interface Check<T> {
    T run() throws Exception;
  }

  private KeptCheck() {}

  /**
   * Runs a check that reads a sample of a replica. The small files are compared before it; all of
   * them if it fails, so that damage in scratch is not taken for wrong inputs or a wrong seal.
   */
  static <T> T around(StepInputs inputs, Replica replica, Check<T> check) throws Exception {
    Optional<KeptDigests> digests = recorded(inputs, replica);
    if (digests.isEmpty()) {
      return check.run();
    }
    digests.get().checkDirectory();
    try {
      return check.run();
    } catch (CoreException e) {
      if (PERHAPS_DAMAGED.contains(e.code())) {
        digests.get().checkDirectory();
        digests.get().checkData();
      }
      throw e;
    }
  }

  /**
   * Makes sure that each replica to be stored has its digests. Files of an older version have none:
   * then all of them are read and checked now.
   */
  static void requireDigests(StepInputs inputs, StepWork work) throws Exception {
    for (Replica replica : inputs.kind().replicas()) {
      if (recorded(inputs, replica).isEmpty()) {
        record(inputs, work, replica);
      }
    }
  }

  /** The digests of a replica in scratch, if they were recorded. */
  static Optional<KeptDigests> recorded(StepInputs inputs, Replica replica) throws IOException {
    return KeptDigests.find(
        inputs.files(),
        replica,
        inputs.facts().proof(),
        ReplicaFacts.of(inputs.facts(), replica).commR());
  }

  /** The check comes second: what it finds right are the bytes that were digested. */
  private static void record(StepInputs inputs, StepWork work, Replica replica) throws Exception {
    SectorFiles files = inputs.files();
    files.requireKept(replica, inputs.facts().proof());
    KeptDigests digests =
        KeptDigests.read(
            files,
            replica,
            inputs.facts().proof(),
            ReplicaFacts.of(inputs.facts(), replica).commR());
    requireRight(
        work.run(CoreRequests.checkReplica(inputs.facts(), replica, files, List.of())), replica);
    digests.record();
  }

  /** A file that the host cannot read is not damaged: its failure moves the rebuild elsewhere. */
  private static void requireRight(JsonNode result, Replica replica)
      throws CoreException, WrongSealException {
    for (JsonNode finding : result.path("findings")) {
      CoreException fault = CoreException.of(finding);
      if (fault.code() != CoreCode.NOT_PROVABLE) {
        throw fault;
      }
    }
    List<String> messages = CopyFindings.messages(result);
    if (!messages.isEmpty()) {
      throw new WrongSealException(replica.damaged(), String.join("; ", messages));
    }
  }
}
