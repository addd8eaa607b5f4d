package io.reseal.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Lists of pieces as lotus-miner keeps them: all of a sector's data in order, fillers included, so
 * that each piece follows the last.
 */
final class LotusPieces {

  private final SealProof proof;
  private final List<String> remarks;

  /**
   * @param remarks takes a sentence if a list is not taken
   */
  LotusPieces(SealProof proof, List<String> remarks) {
    this.proof = proof;
    this.remarks = remarks;
  }

  /** The list that the API answers. */
  Optional<List<Piece>> recorded(FieldReader fields) {
    List<JsonNode> entries = new ArrayList<>();
    fields.node("Pieces").forEach(entries::add);
    return inOrder(entries, "its record lists");
  }

  /**
   * The pieces that events of the log gave.
   *
   * @param what which pieces, for remarks
   */
  Optional<List<Piece>> logged(List<LotusLog.Event> events, String what) {
    Optional<LotusLog.Event> unread =
        events.stream().filter(event -> event.message().isEmpty()).findFirst();
    if (unread.isPresent()) {
      remarks.add(
          "The pieces that %s are not known: %s. The whole list is in the answer of the miner's API"
                  .formatted(what, unread.get().trouble())
              + " (reseal import lotus MINER NUMBER), in Curio, and mostly on chain.");
      return Optional.empty();
    }
    List<JsonNode> entries = entries(events);
    if (entries.isEmpty()) {
      remarks.add("Its log does not have the pieces that %s.".formatted(what));
      return Optional.empty();
    }
    return inOrder(entries, what);
  }

  /** Every version of lotus-miner has its own place for pieces in its events. */
  static List<JsonNode> entries(List<LotusLog.Event> events) {
    List<JsonNode> entries = new ArrayList<>();
    for (LotusLog.Event event : events) {
      event.at("/User/State/Pieces").forEach(entries::add);
      event.at("/User/Pieces").forEach(entries::add);
      event.at("/User/NewPieces").forEach(entries::add);
      event.at("/User/FillerPieces").forEach(entries::add);
      JsonNode single = event.at("/User/NewPiece");
      if (single.isObject()) {
        entries.add(single);
      }
    }
    return entries;
  }

  /** The CID of an entry, which is a piece alone or with its deal. */
  static String cid(JsonNode entry) {
    return piece(entry).at("/PieceCID/~1").asText("");
  }

  private static JsonNode piece(JsonNode entry) {
    return entry.has("Piece") ? entry.get("Piece") : entry;
  }

  private Optional<List<Piece>> inOrder(List<JsonNode> entries, String what) {
    List<Piece> pieces = new ArrayList<>();
    long end = 0;
    for (JsonNode entry : entries) {
      try {
        Piece placed = new Piece(cid(entry), piece(entry).path("Size").asLong(-1), end);
        pieces.add(placed);
        end += placed.size();
      } catch (IllegalArgumentException e) {
        remarks.add("The pieces that %s were ignored: %s".formatted(what, e.getMessage()));
        return Optional.empty();
      }
    }
    if (end != proof.size().bytes()) {
      remarks.add(
          "The pieces that %s were ignored: they are %d bytes together, not %d."
              .formatted(what, end, proof.size().bytes()));
      return Optional.empty();
    }
    return Optional.of(pieces);
  }
}
