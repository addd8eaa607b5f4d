package io.reseal.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.catalog.SectorRecord;
import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.PieceLayout;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * The sector state of the older system, damocles, as its {@code export-json} writes and its {@code
 * import-json} takes it: one JSON object for one sector.
 */
public final class DamoclesSectorState {

  /** Far beyond any sector state; what is larger was named by mistake. */
  private static final long MOST_BYTES = 64L << 20;

  /** The fields that say what a {@link SectorRecord} says. */
  private static final List<String> FACTS =
      List.of("ID", "SectorType", "Ticket", "Seed", "Deals", "Pieces", "Pre");

  private DamoclesSectorState() {}

  /** Reads the sector state in a file; the record keeps it whole. */
  public static SectorRecord read(Path file) {
    return parse(bytes(file), file.toString(), "import-json " + file);
  }

  /** The sector's state on one line: as it was imported, or else made new. */
  public static String write(SectorRecord sector) {
    ObjectNode fresh = create(sector);
    if (sector.recordJson() == null) {
      return JsonObjects.write(fresh);
    }
    byte[] kept = sector.recordJson().getBytes(StandardCharsets.UTF_8);
    String name = "The imported state of sector %s".formatted(sector.id());
    ObjectNode imported = JsonObjects.read(kept, name);
    if (!sameFacts(sector, parse(kept, name, sector.source()))) {
      FACTS.forEach(field -> imported.set(field, fresh.get(field)));
    }
    return JsonObjects.write(imported);
  }

  private static SectorRecord parse(byte[] json, String name, String source) {
    ObjectNode state = JsonObjects.read(json, name);
    FieldReader fields = new FieldReader(state);
    Optional<SectorId> id = id(fields);
    if (fields.flag("Upgraded")) {
      throw new SectorStateException(
          "%s: %s is snapped (Upgraded is true), and snapped sectors are not rebuilt yet."
              .formatted(name, id.map(known -> "sector " + known).orElse("the sector")),
          null);
    }
    Optional<SealProof> proof = proof(fields);
    Optional<Randomness> ticket = randomness(fields, "Ticket", "Ticket");
    checkSameTicket(fields, ticket);
    Optional<Randomness> seed =
        fields.has("Seed.Seed") ? randomness(fields, "Seed", "Seed") : Optional.empty();
    Optional<Long> seedEpoch =
        fields.has("Seed") ? fields.wholeNumber("Seed.Epoch") : Optional.empty();
    Optional<String> commR = fields.cid("Pre.CommR", Cid::ofSealed);
    Optional<String> commD =
        fields.has("Pre.CommD") ? fields.cid("Pre.CommD", Cid::ofUnsealed) : Optional.empty();
    List<Piece> pieces =
        proof.map(known -> DamoclesPieces.read(fields, known.size())).orElse(List.of());
    if (!fields.faults().isEmpty()) {
      throw refusal(name, String.join(" ", fields.faults()), null);
    }
    try {
      return new SectorRecord(
          id.orElseThrow(),
          proof.orElseThrow(),
          ticket.orElseThrow(),
          seed.orElse(null),
          seedEpoch.orElse(null),
          proofDue(fields),
          commD.orElse(null),
          commR.orElseThrow(),
          pieces,
          source,
          JsonObjects.write(state));
    } catch (IllegalArgumentException e) {
      throw refusal(name, e.getMessage(), e);
    }
  }

  private static Optional<SectorId> id(FieldReader fields) {
    Optional<Long> miner = fields.wholeNumber("ID.Miner");
    Optional<Long> number = fields.wholeNumber("ID.Number");
    return miner.isPresent() && number.isPresent()
        ? fields.checked("ID", () -> new SectorId(miner.get(), number.get()))
        : Optional.empty();
  }

  /** The pre-commit's message is known, and neither the proof's message nor the proof itself. */
  private static boolean proofDue(FieldReader fields) {
    return fields.has("MessageInfo.PreCommitCid")
        && !fields.has("MessageInfo.CommitCid")
        && !fields.has("Proof.Proof");
  }

  private static Optional<SealProof> proof(FieldReader fields) {
    return fields
        .wholeNumber("SectorType")
        .flatMap(number -> fields.checked("SectorType", () -> SealProof.ofNumber(number)));
  }

  private static Optional<Randomness> randomness(FieldReader fields, String path, String value) {
    if (!fields.has(path)) {
      fields.fault(path, "is missing.");
      return Optional.empty();
    }
    Optional<String> bytes = fields.randomness(path + "." + value);
    Optional<Long> epoch = fields.wholeNumber(path + ".Epoch");
    return bytes.isPresent() && epoch.isPresent()
        ? Optional.of(new Randomness(bytes.get(), epoch.get()))
        : Optional.empty();
  }

  private static void checkSameTicket(FieldReader fields, Optional<Randomness> ticket) {
    if (ticket.isPresent() && fields.has("Pre.Ticket.Ticket")) {
      randomness(fields, "Pre.Ticket", "Ticket")
          .filter(other -> !other.equals(ticket.get()))
          .ifPresent(
              other -> fields.fault("Ticket", "and Pre.Ticket differ: one of them is wrong."));
    }
  }

  private static boolean sameFacts(SectorRecord one, SectorRecord other) {
    return factsOf(one).equals(factsOf(other));
  }

  private static SectorRecord factsOf(SectorRecord sector) {
    return new SectorRecord(
        sector.id(),
        sector.proof(),
        sector.ticket(),
        sector.seed(),
        sector.seedEpoch(),
        false,
        sector.commD(),
        sector.commR(),
        PieceLayout.complete(sector.proof().size(), sector.pieces()),
        "",
        null);
  }

  /** All fields in the older system's order; what Reseal does not know is null, 0 or false. */
  private static ObjectNode create(SectorRecord sector) {
    ObjectNode state = JsonObjects.create();
    state.putObject("ID").put("Miner", sector.id().miner()).put("Number", sector.id().number());
    state.put("SectorType", sector.proof().number());
    state.set("Ticket", randomness("Ticket", sector.ticket()));
    state.set("Seed", seed(sector));
    state.putNull("Deals");
    List<Piece> pieces = PieceLayout.complete(sector.proof().size(), sector.pieces());
    state.set("Pieces", pieces.isEmpty() ? null : DamoclesPieces.write(pieces));
    ObjectNode pre = state.putObject("Pre");
    pre.putObject("CommR").put("/", sector.commR());
    if (sector.commD() == null) {
      pre.putNull("CommD");
    } else {
      pre.putObject("CommD").put("/", sector.commD());
    }
    pre.set("Ticket", randomness("Ticket", sector.ticket()));
    state.putNull("Proof");
    state
        .putObject("MessageInfo")
        .putNull("PreCommitCid")
        .putNull("CommitCid")
        .put("NeedSend", false);
    state
        .putObject("TerminateInfo")
        .putNull("TerminateCid")
        .put("TerminatedAt", 0)
        .put("AddedHeight", 0);
    state.putNull("LatestState");
    // The older system keeps a finalized sector apart from those its workers seal.
    state.put("Finalized", true).put("Removed", false).put("AbortReason", "");
    state.put("Upgraded", false).putNull("UpgradePublic").putNull("UpgradedInfo");
    state.putNull("UpgradeMessageID").putNull("UpgradeLandedEpoch");
    return state.put("Imported", false).put("NeedRebuild", false).put("Unsealing", false);
  }

  private static ObjectNode seed(SectorRecord sector) {
    if (sector.seed() != null) {
      return randomness("Seed", sector.seed());
    }
    return sector.seedEpoch() == null
        ? null
        : JsonObjects.create().putNull("Seed").put("Epoch", sector.seedEpoch());
  }

  private static ObjectNode randomness(String field, Randomness randomness) {
    byte[] value = HexFormat.of().parseHex(randomness.value());
    return JsonObjects.create()
        .put(field, Base64.getEncoder().encodeToString(value))
        .put("Epoch", randomness.epoch());
  }

  private static byte[] bytes(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new SectorStateException("%s is a directory, no file.".formatted(file), null);
      }
      if (Files.size(file) > MOST_BYTES) {
        throw new SectorStateException(
            "%s is far too large to be the state of a sector.".formatted(file), null);
      }
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new SectorStateException("There is no file %s.".formatted(file), e);
    } catch (IOException e) {
      throw new SectorStateException(
          "%s cannot be read: check its permissions and its disk.".formatted(file), e);
    }
  }

  private static SectorStateException refusal(String name, String faults, Throwable cause) {
    return new SectorStateException(
        "%s holds no sector state that can be taken in. %s".formatted(name, faults), cause);
  }
}
