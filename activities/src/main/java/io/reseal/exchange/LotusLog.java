package io.reseal.exchange;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.sector.SectorId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The log that lotus-miner keeps of each sector: its beginning, the pieces it was given, and its
 * replica update. Nothing but the beginning is taken from a log that could not be read as a whole.
 */
final class LotusLog {

  /**
   * An event.
   *
   * @param place where it is, for messages
   * @param kind what happened, e.g. {@code SectorPacked}
   * @param message its content, or empty if it cannot be read
   * @param cut whether the miner itself cut the content off
   */
  record Event(String place, String kind, Optional<ObjectNode> message, boolean cut) {

    /** The event of an entry; empty if the entry is none, e.g. an error of the miner. */
    static Optional<Event> of(String place, String kind, String text) {
      Matcher event = KIND.matcher(kind);
      return event.matches()
          ? Optional.of(
              new Event(place, event.group(1), JsonObjects.find(text), text.endsWith(CUT)))
          : Optional.empty();
    }

    JsonNode at(String path) {
      return message.map(object -> object.at(path)).orElse(JsonObjects.create().path(""));
    }

    /** What is wrong with an event that cannot be read. */
    String trouble() {
      return cut
          ? "lotus-miner cut %s of its log (%s) off at 8000 bytes".formatted(place, kind)
          : "%s of its log (%s) cannot be read".formatted(place, kind);
    }
  }

  private static final Pattern KIND = Pattern.compile("event;(?:\\w+\\.)*(\\w+)");
  private static final String CUT = "... truncated";
  private static final Pattern SEALED_AS = Pattern.compile("s-t0(\\d{1,18})-(\\d{1,18})\"");

  /** Beyond so many entries, lotus-miner drops some from the middle without a trace. */
  static final int MOST_ENTRIES = 4000;

  private static final Set<String> STARTS = Set.of("SectorStart", "SectorStartCC", "SectorReceive");
  private static final Set<String> PIECES =
      Set.of(
          "SectorStartCC", "SectorReceive", "SectorAddPiece", "SectorPieceAdded", "SectorPacked");
  private static final String UPDATE_STARTED = "SectorStartCCUpdate";
  private static final String[] UPDATE_LANDED = {
    "SectorReplicaUpdateLanded", "SectorUpdateActive", "SectorKeyReleased"
  };
  private static final String[] UPDATE_GIVEN_UP = {
    "SectorAbortUpgrade", "SectorRevertUpgradeToProving"
  };

  private final List<Event> events;
  private final List<String> unread;

  /**
   * @param events those that were read, in order
   * @param unread what is missing or could not be read, a clause each
   */
  LotusLog(List<Event> events, List<String> unread) {
    this.events = List.copyOf(events);
    this.unread = List.copyOf(unread);
  }

  /** Reads the log of an answer of the API. */
  static LotusLog of(FieldReader fields) {
    List<Event> events = new ArrayList<>();
    List<String> unread = new ArrayList<>();
    int entries = fields.length("Log");
    for (int index = 0; index < entries; index++) {
      String entry = "Log[%d]".formatted(index);
      Event.of(
              entry,
              fields.text(entry + ".Kind").orElse(""),
              fields.text(entry + ".Message").orElse(""))
          .ifPresent(events::add);
    }
    if (entries == 0) {
      unread.add("there is none");
    } else if (entries > MOST_ENTRIES) {
      unread.add("lotus-miner has dropped entries of a log as long as this one");
    } else if (events.isEmpty() || !STARTS.contains(events.get(0).kind())) {
      unread.add("its beginning is missing");
    }
    return new LotusLog(events, unread);
  }

  /** The same log, of which more is known to be missing. */
  LotusLog lacking(List<String> more) {
    List<String> all = new ArrayList<>(unread);
    all.addAll(more);
    return new LotusLog(events, all);
  }

  boolean isWhole() {
    return unread.isEmpty();
  }

  /** What is missing or could not be read, a clause each. */
  List<String> unread() {
    return unread;
  }

  /** The proof type that the sector started with. */
  Optional<Long> sealProof() {
    return begin("SectorType");
  }

  /** The number that the sector started with. */
  Optional<Long> number() {
    return begin("ID").or(() -> begin("SectorNumber"));
  }

  private Optional<Long> begin(String field) {
    return events.stream()
        .filter(event -> STARTS.contains(event.kind()))
        .findFirst()
        .flatMap(
            event ->
                List.of("/User/" + field, "/User/State/" + field).stream()
                    .map(event::at)
                    .filter(JsonNode::isIntegralNumber)
                    .map(JsonNode::longValue)
                    .findFirst());
  }

  /** The sector's name on the disk it was sealed on. */
  Optional<SectorId> sealedAs() {
    return events.stream()
        .filter(event -> event.kind().equals("SectorPreCommit1"))
        .map(event -> event.at("/User/PreCommit1Out").asText(""))
        .flatMap(text -> decoded(text).stream())
        .map(SEALED_AS::matcher)
        .filter(Matcher::find)
        .map(found -> SectorId.parse(found.group(1), found.group(2)))
        .findFirst();
  }

  /** What the newest event of a kind reports; empty if nothing. */
  Optional<String> newest(String kind, String path) {
    int at = last(kind);
    return at < 0
        ? Optional.empty()
        : Optional.of(events.get(at).at(path).asText("")).filter(text -> !text.isEmpty());
  }

  /** Whether its newest replica update was started and not given up. */
  boolean isUpdating() {
    return updateStart() >= 0;
  }

  boolean updateHasLanded() {
    return isUpdating() && last(UPDATE_LANDED) > updateStart();
  }

  boolean updateWasSent() {
    return isUpdating() && last("SectorReplicaUpdateSubmitted") > updateStart();
  }

  Optional<String> snapCommR() {
    return updateCid("/User/Out/NewSealed/~1");
  }

  Optional<String> snapCommD() {
    return updateCid("/User/Out/NewUnsealed/~1");
  }

  private Optional<String> updateCid(String path) {
    return isWhole() && last("SectorReplicaUpdate") > updateStart() && isUpdating()
        ? newest("SectorReplicaUpdate", path)
        : Optional.empty();
  }

  /** The events that gave the sector its pieces: from the first update on, there are no more. */
  List<Event> keyPieces() {
    return pieces(
        0,
        IntStream.range(0, events.size())
            .filter(at -> events.get(at).kind().equals(UPDATE_STARTED))
            .findFirst()
            .orElse(events.size()));
  }

  /** The events that gave the update its pieces. */
  List<Event> updatePieces() {
    return isUpdating() ? pieces(updateStart(), events.size()) : List.of();
  }

  /** A sector that was received from elsewhere came with its pieces. */
  private List<Event> pieces(int from, int to) {
    int received =
        IntStream.range(from, to)
            .filter(at -> events.get(at).kind().equals("SectorReceive"))
            .reduce(from, (earlier, later) -> later);
    return events.subList(received, to).stream()
        .filter(event -> PIECES.contains(event.kind()))
        .toList();
  }

  private int updateStart() {
    int start = last(UPDATE_STARTED);
    return last(UPDATE_GIVEN_UP) > start ? -1 : start;
  }

  private int last(String... kinds) {
    Set<String> wanted = Set.of(kinds);
    return IntStream.range(0, events.size())
        .filter(at -> wanted.contains(events.get(at).kind()))
        .reduce(-1, (earlier, later) -> later);
  }

  private static Optional<String> decoded(String base64) {
    try {
      return Optional.of(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
