package io.reseal.miner;

import io.reseal.chain.LotusNode;
import io.reseal.chain.NodeException;
import io.reseal.config.MinerSettings;
import io.reseal.contract.SoftwareAnswer;
import io.reseal.sector.SectorId;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The software that proves a miner's sectors. It alone has the miner's keys: it declares recoveries
 * and submits proofs, as soon as it sees the files.
 */
public interface MinerSoftware {

  /** A check reads parts of the sector's files, which a busy disk may take a while to give. */
  Duration TIMEOUT = Duration.ofMinutes(2);

  int REQUESTS_PER_SECOND = 10;

  /**
   * Makes it see the files, by the call that disturbs it least, and asks whether it could prove
   * them. Doing so again changes nothing.
   *
   * @throws NodeException if it gives no answer; it may later
   */
  SoftwareAnswer declare(ProvenFiles files);

  /** The one that is configured for a miner. */
  static MinerSoftware of(MinerSettings settings) {
    LotusNode.Manners manners = LotusNode.Manners.standard(REQUESTS_PER_SECOND, TIMEOUT);
    return switch (settings.kind()) {
      case LOTUS_MINER ->
          new LotusMinerSoftware(new LotusNode(settings.address(), LotusNode.Api.MINER, manners));
      case CURIO ->
          new CurioSoftware(new LotusNode(settings.address(), LotusNode.Api.MINER, manners));
      case DAMOCLES ->
          new DamoclesSoftware(new LotusNode(settings.address(), LotusNode.Api.DAMOCLES, manners));
    };
  }

  /** The answer if files are in a store that the software does not know. */
  static Optional<SoftwareAnswer> unknownStore(ProvenFiles files, MinerSettings.Kind kind) {
    return files
        .withoutId()
        .map(
            part ->
                SoftwareAnswer.doesNotSee(
                    "the store %s has no sectorstore.json with an ID, so it is not one of %s's"
                        .formatted(part.path(), kind),
                    kind.attach("--init --store " + part.path())));
  }

  /** A sector as all of them write it. */
  static Map<String, Long> reference(SectorId sector) {
    return Map.of("Miner", sector.miner(), "Number", sector.number());
  }
}
