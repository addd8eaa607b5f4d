package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.losses.MinerFunds;
import io.reseal.losses.NetworkEstimates;
import io.reseal.losses.ProvingClock;
import io.reseal.losses.Smoothed;
import io.reseal.sector.SectorId;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The calls that are made, with their answers read. */
final class ChainApi {

  /** A node whose head is further behind than this is not waited for. */
  private static final long LAG = 10;

  private static final String REWARD_ACTOR = "f02";
  private static final String POWER_ACTOR = "f04";

  private final LotusNodes nodes;

  /** Where a sector is proven. */
  record Place(int deadline, int partition) {}

  /**
   * A partition of a miner's sectors.
   *
   * @param all of them, also those that have ended and are still listed
   * @param live those that have not ended
   */
  record Partition(BitField all, BitField live) {}

  /**
   * A partition with what the chain says of each of its sectors.
   *
   * @param all of them, also those that have ended and are still listed
   * @param live those that have not ended
   * @param faulty the live ones that are not proven
   * @param recovering the faulty ones that are to be proven again
   * @param active those that are proven and not faulty; a new one is not, before its first proof
   */
  record PartitionStatus(
      BitField all, BitField live, BitField faulty, BitField recovering, BitField active) {

    private static PartitionStatus read(JsonNode answer) {
      return new PartitionStatus(
          set(answer, "AllSectors"),
          set(answer, "LiveSectors"),
          set(answer, "FaultySectors"),
          set(answer, "RecoveringSectors"),
          set(answer, "ActiveSectors"));
    }

    /** A set that is missing would pass for an empty one. */
    private static BitField set(JsonNode answer, String name) {
      if (answer.path(name).isMissingNode()) {
        throw new MalformedException("'%s' is missing".formatted(name));
      }
      return BitField.read(answer.path(name));
    }
  }

  /**
   * When the chain ends a sector.
   *
   * @param onTime the epoch at which it expires; 0 if it ends early
   * @param early the epoch at which it is terminated because it is faulty; 0 if it is not
   */
  record Ending(long onTime, long early) {}

  /** A message to a miner. */
  record Message(int method, String parameters) {}

  ChainApi(LotusNodes nodes) {
    this.nodes = nodes;
  }

  static String address(long miner) {
    return "f0" + miner;
  }

  /** A head that all nodes that keep up know. */
  Tipset head() {
    List<Tipset> heads = nodes.askEach(Tipset::read, "ChainHead");
    long highest = heads.stream().mapToLong(Tipset::height).max().orElseThrow();
    return heads.stream()
        .filter(head -> head.height() >= highest - LAG)
        .min(Comparator.comparingLong(Tipset::height))
        .orElseThrow();
  }

  /** The tipset of a height, or the one before it if the height has none. */
  Tipset tipset(long height, Tipset head) {
    return nodes.ask(Tipset::read, "ChainGetTipSetByHeight", Math.max(0, height), head.key());
  }

  LotusNodes.Answer<Optional<OnChainSector>> sector(SectorId sector, Tipset at) {
    return nodes.agreed(
        "sector " + sector,
        OnChainSector::readOrNone,
        "StateSectorGetInfo",
        address(sector.miner()),
        sector.number(),
        at.key());
  }

  LotusNodes.Answer<List<OnChainSector>> sectors(long miner, BitField numbers, Tipset at) {
    return nodes.agreed(
        "sectors of " + address(miner),
        answer -> Fields.list(answer, "the list of sectors", OnChainSector::read),
        "StateMinerSectors",
        address(miner),
        numbers.lengths(),
        at.key());
  }

  LotusNodes.Answer<Optional<PreCommit>> preCommit(SectorId sector, Tipset at) {
    return nodes.agreed(
        "the pre-commit of sector " + sector,
        PreCommit::readOrNone,
        "StateSectorPreCommitInfo",
        address(sector.miner()),
        sector.number(),
        at.key());
  }

  BitField faults(long miner, Tipset at) {
    return nodes.ask(BitField::read, "StateMinerFaults", address(miner), at.key());
  }

  List<Partition> partitions(long miner, int deadline, Tipset at) {
    return nodes.ask(
        answer ->
            Fields.list(
                answer,
                "the list of partitions",
                partition ->
                    new Partition(
                        BitField.read(partition.path("AllSectors")),
                        BitField.read(partition.path("LiveSectors")))),
        "StateMinerPartitions",
        address(miner),
        deadline,
        at.key());
  }

  LotusNodes.Both<List<PartitionStatus>> partitionStatus(long miner, int deadline, Tipset at) {
    return nodes.both(
        "the sectors of deadline %d of %s".formatted(deadline, address(miner)),
        answer -> Fields.list(answer, "the list of partitions", PartitionStatus::read),
        "StateMinerPartitions",
        address(miner),
        deadline,
        at.key());
  }

  LotusNodes.Both<List<MinerSector>> minerSectors(long miner, BitField numbers, Tipset at) {
    return nodes.both(
        "sectors of " + address(miner),
        answer -> Fields.list(answer, "the list of sectors", MinerSector::read),
        "StateMinerSectors",
        address(miner),
        numbers.lengths(),
        at.key());
  }

  LotusNodes.Both<Ending> ending(SectorId sector, Tipset at) {
    return nodes.both(
        "when sector %s ends".formatted(sector),
        answer ->
            new Ending(Fields.wholeNumber(answer, "OnTime"), Fields.wholeNumber(answer, "Early")),
        "StateSectorExpiration",
        address(sector.miner()),
        sector.number(),
        at.key());
  }

  /** The epoch until which a miner may not declare recoveries after a consensus fault. */
  long consensusFaultUntil(long miner, Tipset at) {
    return nodes.ask(
        answer -> Fields.wholeNumber(answer, "ConsensusFaultElapsed"),
        "StateMinerInfo",
        address(miner),
        at.key());
  }

  ProvingClock clock(long miner, Duration epoch, Tipset at) {
    return nodes.ask(
        answer ->
            new ProvingClock(
                Fields.wholeNumber(answer, "CurrentEpoch"),
                Fields.wholeNumber(answer, "PeriodStart"),
                new ProvingClock.Rules(
                    Fields.wholeNumber(answer, "WPoStProvingPeriod"),
                    Fields.index(answer, "WPoStPeriodDeadlines"),
                    Fields.wholeNumber(answer, "WPoStChallengeWindow"),
                    Fields.wholeNumber(answer, "WPoStChallengeLookback"),
                    Fields.wholeNumber(answer, "FaultDeclarationCutoff"),
                    epoch)),
        "StateMinerProvingDeadline",
        address(miner),
        at.key());
  }

  /** How long an epoch lasts on this network. */
  Duration epochLength() {
    return nodes.ask(
        answer -> Duration.ofSeconds(Fields.wholeNumber(answer, "BlockDelaySecs")),
        "StateGetNetworkParams");
  }

  /** The network's name, by each node that answers. */
  List<String> networkNames() {
    return nodes.askEach(
        answer -> {
          if (!answer.isTextual()) {
            throw Fields.wrong("the network's name", "a text", answer);
          }
          return answer.textValue();
        },
        "StateNetworkName");
  }

  MinerFunds funds(long miner, Tipset at) {
    return nodes.ask(
        answer ->
            new MinerFunds(
                Fields.bigNumber(answer, "Balance"),
                Fields.bigNumber(answer.path("State"), "LockedFunds"),
                Fields.bigNumber(answer.path("State"), "PreCommitDeposits"),
                Fields.bigNumber(answer.path("State"), "InitialPledge"),
                Fields.bigNumber(answer.path("State"), "FeeDebt")),
        "StateReadState",
        address(miner),
        at.key());
  }

  NetworkEstimates estimates(Tipset at) {
    return new NetworkEstimates(
        smoothed(REWARD_ACTOR, "ThisEpochRewardSmoothed", at),
        smoothed(POWER_ACTOR, "ThisEpochQAPowerSmoothed", at));
  }

  private Smoothed smoothed(String actor, String name, Tipset at) {
    return nodes.ask(
        answer -> {
          JsonNode estimate = answer.path("State").path(name);
          BigInteger position = Fields.bigNumber(estimate, "PositionEstimate");
          if (position.signum() < 0) {
            throw Fields.wrong("'%s'".formatted(name), "above 0", estimate);
          }
          return new Smoothed(position, Fields.bigNumber(estimate, "VelocityEstimate"));
        },
        "StateReadState",
        actor,
        at.key());
  }

  Place place(SectorId sector, Tipset at) {
    return nodes.ask(
        answer -> new Place(Fields.index(answer, "Deadline"), Fields.index(answer, "Partition")),
        "StateSectorPartition",
        address(sector.miner()),
        sector.number(),
        at.key());
  }

  /** What all tickets of an epoch are made from, in hex. */
  LotusNodes.Answer<String> ticketDigest(long epoch, Tipset head) {
    return nodes.agreed(
        "the tickets of epoch " + epoch,
        Fields::randomness,
        "StateGetRandomnessDigestFromTickets",
        epoch,
        head.key());
  }

  /** A ticket as the node makes it; an empty tipset key would be refused. */
  LotusNodes.Answer<String> ticket(long miner, long epoch, Tipset head) {
    return nodes.agreed(
        "the ticket of epoch " + epoch,
        Fields::randomness,
        "StateGetRandomnessFromTickets",
        ChainRandomness.SEAL,
        epoch,
        entropy(miner),
        head.key());
  }

  /** The seed of an epoch, in hex. */
  LotusNodes.Answer<String> seed(long miner, long epoch, Tipset head) {
    return nodes.agreed(
        "the seed of epoch " + epoch,
        Fields::randomness,
        "StateGetRandomnessFromBeacon",
        ChainRandomness.INTERACTIVE_SEAL,
        epoch,
        entropy(miner),
        head.key());
  }

  /** Epochs from a pre-commit to its seed. */
  long challengeDelay() {
    return nodes.ask(
        answer -> Fields.wholeNumber(answer, "PreCommitChallengeDelay"), "StateGetNetworkParams");
  }

  List<ActorEvents.Event> events(long miner, long from, long to) {
    return nodes.ask(
        ActorEvents::read, "GetActorEventsRaw", ActorEvents.filter(address(miner), from, to));
  }

  SectorData.Extent dealPiece(long deal, Tipset at) {
    return nodes.ask(
        answer -> SectorData.Extent.read(answer.path("Proposal"), "PieceCID", "PieceSize"),
        "StateMarketStorageDeal",
        deal,
        at.key());
  }

  /** CIDs of the messages to a miner from a tipset back to a height, both included. */
  List<String> messages(long miner, Tipset from, long to) {
    return nodes.ask(
        answer ->
            Fields.list(answer, "the list of messages", cid -> Fields.cid(cid, "a message's CID")),
        "StateListMessages",
        Map.of("To", address(miner)),
        from.key(),
        to);
  }

  Message message(String cid) {
    return nodes.ask(
        answer ->
            new Message(
                Fields.index(answer, "Method"),
                Fields.isNone(answer.path("Params")) ? "" : Fields.text(answer, "Params")),
        "ChainGetMessage",
        Map.of("/", cid));
  }

  JsonNode decoded(long miner, Message message, Tipset head) {
    return nodes.ask(
        answer -> answer,
        "StateDecodeParams",
        address(miner),
        message.method(),
        message.parameters(),
        head.key());
  }

  private static String entropy(long miner) {
    return Base64.getEncoder().encodeToString(ChainRandomness.entropy(miner));
  }

  /** The ticket of a miner from what all tickets of its epoch are made from, both in hex. */
  static String ticketOf(String digest, long miner, long epoch) {
    return HexFormat.of()
        .formatHex(
            ChainRandomness.draw(
                HexFormat.of().parseHex(digest),
                ChainRandomness.SEAL,
                epoch,
                ChainRandomness.entropy(miner)));
  }
}
