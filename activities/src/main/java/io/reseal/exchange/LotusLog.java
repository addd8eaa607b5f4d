package io.reseal.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The log that lotus-miner keeps of each sector: its beginning, the pieces it was given, and its
 * replica update.
 */
final class LotusLog {

  /**
   * The pieces that the record and its log name.
   *
   * @param key those that were sealed, if known
   * @param update those of the update, if known
   * @param remarks why something is not known, a sentence each
   */
  record Layouts(Optional<List<Piece>> key, Optional<List<Piece>> update, List<String> remarks) {}

  private record Event(String kind, ObjectNode message) {}

  private static final String EVENT = "event;sealing.";
  private static final Pattern SEALED_AS = Pattern.compile("s-t0(\\d{1,18})-(\\d{1,18})\"");

  private final List<Event> events;

  private LotusLog(List<Event> events) {
    this.events = events;
  }

  /**
   * Reads the log of a record.
   *
   * @param name what messages call the record
   */
  static LotusLog of(FieldReader fields, String name) {
    List<Event> events = new ArrayList<>();
    for (int index = 0; index < fields.length("Log"); index++) {
      String entry = "Log[%d]".formatted(index);
      String kind = fields.text(entry + ".Kind").orElse("");
      String message = fields.text(entry + ".Message").orElse("");
      if (kind.startsWith(EVENT) && message.startsWith("{")) {
        events.add(
            new Event(
                kind.substring(EVENT.length()),
                JsonObjects.read(
                    message.getBytes(StandardCharsets.UTF_8),
                    "%s %s.Message".formatted(name, entry))));
      }
    }
    return new LotusLog(events);
  }

  /** The proof type that the sector started with. */
  Optional<Long> sealProof() {
    return first("SectorStart", "SectorStartCC")
        .map(event -> event.message().at("/User/SectorType"))
        .filter(JsonNode::isIntegralNumber)
        .map(JsonNode::longValue);
  }

  /** The sector's name on the disk it was sealed on. */
  Optional<SectorId> sealedAs() {
    return first("SectorPreCommit1")
        .map(event -> event.message().at("/User/PreCommit1Out").asText(""))
        .flatMap(LotusLog::decoded)
        .map(SEALED_AS::matcher)
        .filter(Matcher::find)
        .map(found -> SectorId.parse(found.group(1), found.group(2)));
  }

  /** Whether its newest replica update was started and not aborted. */
  boolean isUpdating() {
    return updateStart() >= 0;
  }

  boolean updateHasLanded() {
    return last("SectorReplicaUpdateLanded") > updateStart() && isUpdating();
  }

  Optional<String> snapCommR() {
    return updateCid("NewSealed");
  }

  Optional<String> snapCommD() {
    return updateCid("NewUnsealed");
  }

  /**
   * The pieces. If the sector was never updated they are the record's own list; otherwise those in
   * the log from before and after the update began.
   */
  Layouts layouts(FieldReader fields, Optional<SealProof> proof, boolean updating) {
    List<String> remarks = new ArrayList<>();
    if (proof.isEmpty()) {
      return new Layouts(Optional.empty(), Optional.empty(), remarks);
    }
    int start = updating ? updateStart() : events.size();
    if (start < 0) {
      remarks.add("Its log does not have the beginning of its update.");
      return new Layouts(Optional.empty(), recorded(fields, proof.get(), remarks), remarks);
    }
    Optional<List<Piece>> key =
        !updating && fields.has("Pieces")
            ? recorded(fields, proof.get(), remarks)
            : logged(0, start, proof.get(), remarks, "it was sealed from");
    Optional<List<Piece>> update = Optional.empty();
    if (updating) {
      update =
          fields.has("Pieces")
              ? recorded(fields, proof.get(), remarks)
              : logged(start, events.size(), proof.get(), remarks, "its update holds");
    }
    return new Layouts(key, update, remarks);
  }

  private static Optional<List<Piece>> recorded(
      FieldReader fields, SealProof proof, List<String> remarks) {
    List<JsonNode> entries = new ArrayList<>();
    for (int index = 0; index < fields.length("Pieces"); index++) {
      entries.add(fields.node("Pieces[%d]".formatted(index)));
    }
    return inOrder(entries, proof, remarks, "its record lists");
  }

  private Optional<List<Piece>> logged(
      int from, int to, SealProof proof, List<String> remarks, String what) {
    List<JsonNode> entries = new ArrayList<>();
    for (Event event : events.subList(from, to)) {
      if (event.kind().equals("SectorPieceAdded")) {
        event.message().at("/User/NewPieces").forEach(piece -> entries.add(piece.path("Piece")));
      } else if (event.kind().equals("SectorPacked")) {
        event.message().at("/User/FillerPieces").forEach(entries::add);
      }
    }
    if (entries.isEmpty()) {
      remarks.add("Its log does not have the pieces that %s.".formatted(what));
      return Optional.empty();
    }
    return inOrder(entries, proof, remarks, what);
  }

  /** Lotus lists all of a sector's data, fillers included, so each piece follows the last. */
  private static Optional<List<Piece>> inOrder(
      List<JsonNode> entries, SealProof proof, List<String> remarks, String what) {
    List<Piece> pieces = new ArrayList<>();
    long end = 0;
    for (JsonNode entry : entries) {
      JsonNode piece = entry.has("Piece") ? entry.get("Piece") : entry;
      try {
        Piece placed =
            new Piece(piece.at("/PieceCID/~1").asText(""), piece.path("Size").asLong(-1), end);
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

  private Optional<String> updateCid(String field) {
    int at = last("SectorReplicaUpdate");
    return at < 0 || at < updateStart()
        ? Optional.empty()
        : Optional.of(events.get(at).message().at("/User/Out/%s/~1".formatted(field)).asText(""))
            .filter(cid -> field.equals("NewSealed") ? isSealed(cid) : isUnsealed(cid));
  }

  private static boolean isSealed(String cid) {
    return decodes(() -> Cid.ofSealed(cid));
  }

  private static boolean isUnsealed(String cid) {
    return decodes(() -> Cid.ofUnsealed(cid));
  }

  private static boolean decodes(Supplier<?> decode) {
    try {
      return decode.get() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private int updateStart() {
    int start = last("SectorStartCCUpdate");
    int given = Math.max(last("SectorAbortUpgrade"), last("SectorRevertUpgradeToProving"));
    return given > start ? -1 : start;
  }

  private int last(String kind) {
    for (int at = events.size() - 1; at >= 0; at--) {
      if (events.get(at).kind().equals(kind)) {
        return at;
      }
    }
    return -1;
  }

  private Optional<Event> first(String... kinds) {
    List<String> wanted = List.of(kinds);
    return events.stream().filter(event -> wanted.contains(event.kind())).findFirst();
  }

  private static Optional<String> decoded(String base64) {
    try {
      return Optional.of(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
