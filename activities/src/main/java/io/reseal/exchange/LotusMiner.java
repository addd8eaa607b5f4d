package io.reseal.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.chain.NodeException;
import io.reseal.record.Findings;
import io.reseal.sector.SectorId;
import java.util.List;
import java.util.function.Consumer;

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

  /**
   * Reads sectors, which must be this miner's.
   *
   * @param taker takes the findings on a sector
   * @param leaver takes a sentence on each sector that cannot be read
   */
  public void each(List<SectorId> sectors, Consumer<Findings> taker, Consumer<String> leaver) {
    long miner = miner();
    for (SectorId sector : sectors) {
      if (sector.miner() != miner) {
        throw new SectorStateException(
            "The Lotus miner at %s is f0%d, not %s: nothing was imported. Use the miner that sector %s belongs to."
                .formatted(name, miner, sector.minerAddress(), sector),
            null);
      }
    }
    for (SectorId sector : sectors) {
      try {
        taker.accept(ask(sector, miner));
      } catch (SectorStateException e) {
        leaver.accept(e.getMessage());
      } catch (NodeException e) {
        if (e.kind() != NodeException.Kind.REFUSED && e.kind() != NodeException.Kind.MALFORMED) {
          throw e;
        }
        leaver.accept("Sector %s was left out. %s".formatted(sector, e.getMessage()));
      }
    }
  }

  private long miner() {
    String address = api.call("ActorAddress").asText("");
    try {
      return SectorId.parseMiner(address);
    } catch (IllegalArgumentException e) {
      throw new SectorStateException(
          "The Lotus miner at %s answers '%s' as its address, not an ID address such as f01001: nothing was imported."
              .formatted(name, address),
          e);
    }
  }

  private Findings ask(SectorId sector, long miner) {
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
