package io.reseal.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Findings;
import io.reseal.sector.SectorId;
import java.util.List;

/** The sectors of a lotus-miner, read through its API. */
public final class LotusMiner {

  /** Calls a method of the API. */
  @FunctionalInterface
  public interface Api {
    JsonNode call(String method, Object... parameters);
  }

  private final Api api;
  private final String name;

  /**
   * @param name what messages and the catalog call the miner: its address
   */
  public LotusMiner(Api api, String name) {
    this.api = api;
    this.name = name;
  }

  /** Reads sectors, which must be this miner's. */
  public List<Findings> findings(List<SectorId> sectors) {
    long miner = SectorId.parseMiner(api.call("ActorAddress").asText(""));
    return sectors.stream().map(sector -> ask(sector, miner)).toList();
  }

  private Findings ask(SectorId sector, long miner) {
    if (sector.miner() != miner) {
      throw new SectorStateException(
          "The Lotus miner at %s is f0%d, not %s: nothing was imported. Use the miner that sector %s belongs to."
              .formatted(name, miner, sector.minerAddress(), sector),
          null);
    }
    JsonNode answer = api.call("SectorsStatus", sector.number(), false);
    String which = "The answer of the Lotus miner at %s on sector %s".formatted(name, sector);
    if (!(answer instanceof ObjectNode status)) {
      throw new SectorStateException(which + " is not a JSON object.", null);
    }
    Findings found = new LotusSector(miner, status, which, "lotus-miner " + name).findings();
    if (!found.id().equals(sector)) {
      throw new SectorStateException("%s is about sector %s.".formatted(which, found.id()), null);
    }
    return found;
  }
}
