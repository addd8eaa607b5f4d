package io.reseal.miner;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.chain.LotusNode;
import io.reseal.config.MinerSettings;
import io.reseal.contract.SoftwareAnswer;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * damocles-manager opens files by the path of the store in its index each time, so files that are
 * back in the same store are seen at once. Its index can be changed only by its own command.
 */
final class DamoclesSoftware implements MinerSoftware {

  private final LotusNode manager;

  DamoclesSoftware(LotusNode manager) {
    this.manager = manager;
  }

  @Override
  public SoftwareAnswer declare(ProvenFiles files) {
    JsonNode bad =
        manager.call(
            "CheckProvable",
            files.sector().miner(),
            files.windowPoStProof(),
            List.of(sector(files)),
            true,
            false);
    JsonNode said = bad.path(Long.toString(files.sector().number()));
    if (said.isMissingNode()) {
      return SoftwareAnswer.sees("damocles-manager's check of the sector passed");
    }
    return SoftwareAnswer.doesNotSee(
        "damocles-manager's check of the sector fails: %s; its index has the sector in %s"
            .formatted(said.asText().lines().findFirst().orElse("without a reason"), index(files)),
        MinerSettings.Kind.DAMOCLES.attach(files.parts().get(0).path()));
  }

  private static Map<String, Object> sector(ProvenFiles files) {
    Map<String, Object> sector = new HashMap<>();
    sector.put("SealProof", files.proof().number());
    sector.put("SectorNumber", files.sector().number());
    sector.put("SectorKey", files.keyCommR().map(DamoclesSoftware::cid).orElse(null));
    sector.put("SealedCID", cid(files.commR()));
    return sector;
  }

  private static Map<String, String> cid(Commitment commR) {
    return Map.of("/", Cid.sealed(commR));
  }

  /** The names of the stores that its index has for the sector. */
  private String index(ProvenFiles files) {
    JsonNode location =
        manager.call(
            "SectorIndexerFind",
            files.updated() ? "upgrade" : "normal",
            MinerSoftware.reference(files.sector()));
    if (!location.path("Found").asBoolean()) {
      return "no store";
    }
    JsonNode instance = location.path("Instance");
    String sealed = instance.path("SealedFile").asText();
    String cache = instance.path("CacheDir").asText();
    return sealed.equals(cache) ? sealed : "%s and %s".formatted(sealed, cache);
  }
}
