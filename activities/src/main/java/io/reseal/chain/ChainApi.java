package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.sector.SectorId;
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
