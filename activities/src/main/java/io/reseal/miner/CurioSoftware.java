package io.reseal.miner;

import io.reseal.chain.LotusNode;
import io.reseal.chain.NodeException;
import io.reseal.config.MinerSettings;
import io.reseal.contract.SoftwareAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Curio scans its stores every four hours. It is asked to scan only those that have new files, and
 * to forget nothing; then it makes a vanilla proof of the sector.
 */
final class CurioSoftware implements MinerSoftware {

  private final LotusNode curio;

  CurioSoftware(LotusNode curio) {
    this.curio = curio;
  }

  @Override
  public SoftwareAnswer declare(ProvenFiles files) {
    Optional<SoftwareAnswer> unknown = MinerSoftware.unknownStore(files, MinerSettings.Kind.CURIO);
    if (unknown.isPresent()) {
      return unknown.get();
    }
    List<String> unscanned = new ArrayList<>();
    for (String store : files.parts().stream().map(ProvenFiles.Part::id).distinct().toList()) {
      if (refusal("StorageRedeclare", store, false).isPresent()) {
        unscanned.add(store);
      }
    }
    String miner = files.sector().minerAddress();
    Optional<String> refusal =
        refusal("StorageGenerateVanillaProof", miner, files.sector().number());
    if (refusal.isEmpty()) {
      return SoftwareAnswer.sees("Curio made a vanilla proof of the sector");
    }
    String text = "Curio makes no vanilla proof of the sector: it " + refusal.get();
    return unscanned.isEmpty()
        ? SoftwareAnswer.doesNotSee(
            text,
            "curio cli storage generate-vanilla-proof %s %d"
                .formatted(miner, files.sector().number()))
        : SoftwareAnswer.doesNotSee(
            "%s; the node %s does not have the store of ID %s, so it could not scan it"
                .formatted(text, curio, String.join(" and ", unscanned)),
            "curio cli --machine NODE storage redeclare " + unscanned.get(0));
  }

  /** What Curio answered instead of doing it; empty if it did. */
  private Optional<String> refusal(String method, Object... parameters) {
    try {
      curio.call(method, parameters);
      return Optional.empty();
    } catch (NodeException e) {
      if (e.kind() != NodeException.Kind.REFUSED) {
        throw e;
      }
      return Optional.of(e.said());
    }
  }
}
