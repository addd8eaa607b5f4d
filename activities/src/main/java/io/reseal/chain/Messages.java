package io.reseal.chain;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.sector.SealProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the messages to one miner state of its sectors: slower to ask for than the state, but kept
 * by nodes that have thrown old states away.
 */
final class Messages {

  private static final int PRE_COMMIT = 6;
  private static final int PRE_COMMIT_BATCH = 25;
  private static final int PROVE_REPLICA_UPDATES = 27;
  private static final int PRE_COMMIT_BATCH_2 = 28;
  private static final int PROVE_REPLICA_UPDATES_2 = 29;
  private static final int PROVE_COMMIT_3 = 34;
  private static final int PROVE_REPLICA_UPDATES_3 = 35;
  private static final int PROVE_COMMIT_NON_INTERACTIVE = 36;

  private static final Set<Integer> OF_INTEREST =
      Set.of(
          PRE_COMMIT,
          PRE_COMMIT_BATCH,
          PROVE_REPLICA_UPDATES,
          PRE_COMMIT_BATCH_2,
          PROVE_REPLICA_UPDATES_2,
          PROVE_COMMIT_3,
          PROVE_REPLICA_UPDATES_3,
          PROVE_COMMIT_NON_INTERACTIVE);

  /**
   * Data that a message names.
   *
   * @param sector number of the sector
   * @param updateCid CommR of the update, if the message is of one
   * @param deals numbers of market deals whose pieces it is, in order
   * @param data what it states itself
   */
  record Named(long sector, Optional<String> updateCid, List<Long> deals, SectorData data) {}

  /**
   * What a range of messages states, newest first.
   *
   * @param preCommits promises, and proofs without one
   * @param data of sectors that begin or are updated
   */
  record Stretch(List<PreCommit> preCommits, List<Named> data) {}

  /** Some heights, both ends included. */
  private record Heights(long from, long to) {}

  private final ChainApi api;
  private final long miner;
  private final Tipset head;
  private final Once<Heights, Stretch> stretches = new Once<>();

  Messages(ChainApi api, long miner, Tipset head) {
    this.api = api;
    this.miner = miner;
    this.head = head;
  }

  /** Reads the messages of some heights, both included. */
  Stretch between(long from, long to) {
    return stretches.get(new Heights(Math.max(0, from), Math.min(to, head.height())), this::read);
  }

  private Stretch read(Heights heights) {
    List<PreCommit> preCommits = new ArrayList<>();
    List<Named> data = new ArrayList<>();
    Tipset newest = api.tipset(heights.to(), head);
    for (String cid : api.messages(miner, newest, heights.from())) {
      ChainApi.Message message = api.message(cid);
      if (OF_INTEREST.contains(message.method())) {
        read(message, preCommits, data);
      }
    }
    return new Stretch(List.copyOf(preCommits), List.copyOf(data));
  }

  private void read(ChainApi.Message message, List<PreCommit> preCommits, List<Named> data) {
    JsonNode parameters;
    try {
      parameters = api.decoded(miner, message, head);
    } catch (NodesException e) {
      if (e.isUnreachable()) {
        throw e;
      }
      // Anybody may send a miner a message that cannot be decoded; it had no effect.
      return;
    }
    try {
      switch (message.method()) {
        case PRE_COMMIT -> preCommits.add(PreCommit.read(parameters, Optional.empty()));
        case PRE_COMMIT_BATCH, PRE_COMMIT_BATCH_2 ->
            each(parameters, "Sectors")
                .forEach(sector -> preCommits.add(PreCommit.read(sector, Optional.empty())));
        case PROVE_COMMIT_NON_INTERACTIVE -> {
          SealProof proof = Fields.proof(parameters, "SealProofType");
          each(parameters, "Sectors")
              .forEach(sector -> preCommits.add(PreCommit.readNonInteractive(sector, proof)));
        }
        case PROVE_COMMIT_3 ->
            each(parameters, "SectorActivations")
                .forEach(
                    sector ->
                        data.add(
                            new Named(
                                Fields.wholeNumber(sector, "SectorNumber"),
                                Optional.empty(),
                                List.of(),
                                pieces(sector))));
        case PROVE_REPLICA_UPDATES_3 ->
            each(parameters, "SectorUpdates")
                .forEach(
                    sector ->
                        data.add(
                            new Named(
                                Fields.wholeNumber(sector, "Sector"),
                                Optional.of(Fields.sealedCid(sector, "NewSealedCID")),
                                List.of(),
                                pieces(sector))));
        default -> each(parameters, "Updates").forEach(sector -> data.add(updateWithDeals(sector)));
      }
    } catch (MalformedException e) {
      // The same holds for parameters of another shape.
    }
  }

  private static Named updateWithDeals(JsonNode sector) {
    return new Named(
        Fields.wholeNumber(sector, "SectorID"),
        Optional.of(Fields.sealedCid(sector, "NewSealedSectorCID")),
        Fields.list(
            sector.path("Deals"), "'Deals'", deal -> Fields.number(deal, "a deal's number")),
        new SectorData(Fields.unsealedCidOrNone(sector, "NewUnsealedSectorCID"), List.of()));
  }

  private static SectorData pieces(JsonNode sector) {
    return new SectorData(
        Optional.empty(),
        Fields.list(
            sector.path("Pieces"),
            "'Pieces'",
            piece -> SectorData.Extent.read(piece, "CID", "Size")));
  }

  private static List<JsonNode> each(JsonNode parameters, String name) {
    return Fields.list(parameters.path(name), "'%s'".formatted(name), sector -> sector);
  }
}
