package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.losses.SectorWorth;
import java.math.BigInteger;

/**
 * The chain's record of one of a miner's sectors, with what it is worth.
 *
 * @param identity what decides its files, and when it ends
 */
record MinerSector(OnChainSector identity, SectorWorth worth) {

  static MinerSector read(JsonNode answer) {
    OnChainSector identity = OnChainSector.read(answer);
    return new MinerSector(
        identity,
        new SectorWorth(
            identity.proof().size().bytes(),
            identity.activation(),
            identity.powerBase(),
            identity.expiration(),
            amount(answer, "VerifiedDealWeight"),
            amount(answer, "InitialPledge"),
            amount(answer, "DailyFee")));
  }

  /** Nodes of an older version do not know all of them. */
  private static BigInteger amount(JsonNode answer, String name) {
    return Fields.isNone(answer.path(name)) ? BigInteger.ZERO : Fields.bigNumber(answer, name);
  }
}
