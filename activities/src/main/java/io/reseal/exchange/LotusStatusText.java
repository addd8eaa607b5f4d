package io.reseal.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Findings;
import io.reseal.record.Reading;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code lotus-miner sectors status --log N} prints, of one sector or of several one after the
 * other, converted to the form of the miner's API. It may have come through a terminal, a pager, a
 * ticket or a chat: with blanks for tabs, broken lines, colours, and lines of something else.
 */
public final class LotusStatusText {

  private static final Pattern COLOUR = Pattern.compile("\\x1b\\[[0-9;?]*[ -/]*[@-~]");
  private static final Pattern QUOTED = Pattern.compile("^(?:\\s*>)+\\s?");
  private static final Pattern FIRST_LINE = Pattern.compile("SectorID:\\s*(\\d{1,18})");
  private static final Pattern VALUE = Pattern.compile("(\\w+):(?:\\s+(\\S.*))?");
  private static final Pattern REST = Pattern.compile("[0-9a-z]+|[\\d ]*\\d\\]?|\\]");
  private static final Pattern ON_CHAIN = Pattern.compile("\\{Miner: (\\d+), Number: (\\d+)\\}");
  private static final Pattern ACTIVATED = Pattern.compile("Piece \\d+: (baga\\w+) .*");
  private static final String SEPARATOR = "Event Log:";

  /** How many characters some values have. */
  private static final Map<String, Integer> LENGTHS =
      Map.of("CIDcommD", 64, "CIDcommR", 65, "Ticket", 64, "Seed", 64);

  /** The lines that matter, in the order in which they are printed. */
  private static final List<String> HEAD =
      List.of(
          "Status",
          "CIDcommD",
          "CIDcommR",
          "Ticket",
          "TicketH",
          "Seed",
          "SeedH",
          "Precommit",
          "Commit",
          "Deals",
          "Retries",
          "SealProof");

  private static final List<String> ALWAYS = List.of("Status", "Deals");

  private final int line;
  private final Map<String, String> head = new LinkedHashMap<>();
  private final Set<String> ambiguous = new LinkedHashSet<>();
  private final List<String> activated = new ArrayList<>();
  private final List<String> unread = new ArrayList<>();
  private final LotusLogText log = new LotusLogText();
  private String open = "";

  /** The file name of the sector that the chain's part is about, or null. */
  private String onChainSector;

  private boolean inLog;

  /** Begins a sector whose text begins at this line. */
  private LotusStatusText(int line) {
    this.line = line;
  }

  /** Reads all sectors of the file, which must be the miner's. */
  public static Reading read(long miner, Path file) {
    return read(miner, InputFile.bytes(file), file.toString());
  }

  static Reading read(long miner, byte[] text, String name) {
    List<String> lines = lines(text);
    if (lines.stream().noneMatch(LotusStatusText::isFirst) && LotusAnswers.areIn(text)) {
      return LotusAnswers.read(miner, text, name);
    }
    List<LotusStatusText> sectors = sectors(lines);
    if (sectors.isEmpty()) {
      throw new SectorStateException(
          "%s holds no sector: it must be what `lotus-miner sectors status --log N` prints, or what the miner's API answers to SectorsStatus."
              .formatted(name),
          null);
    }
    FoundSectors found = new FoundSectors(name);
    sectors.forEach(sector -> found.read(() -> sector.findings(miner, name)));
    return found.reading();
  }

  /**
   * The lines without what terminals and mail programs add; bytes that are not text stay marked.
   */
  private static List<String> lines(byte[] text) {
    return new String(text, StandardCharsets.UTF_8)
        .lines()
        .map(line -> COLOUR.matcher(line).replaceAll(""))
        .map(line -> QUOTED.matcher(line).replaceFirst(""))
        .map(line -> line.replace('\u00a0', ' ').strip())
        .toList();
  }

  private static List<LotusStatusText> sectors(List<String> lines) {
    List<LotusStatusText> sectors = new ArrayList<>();
    Optional<LotusStatusText> sector = Optional.empty();
    for (int index = 0; index < lines.size(); index++) {
      String line = lines.get(index);
      if (sector.isEmpty() ? beginsAnywhere(line) : sector.get().isFollowedBy(line)) {
        LotusStatusText next = new LotusStatusText(index + 1);
        sector.filter(earlier -> !isFirst(line)).ifPresent(earlier -> earlier.endedAt(next.line));
        sectors.add(next);
        sector = Optional.of(next);
      }
      int number = index + 1;
      sector.ifPresent(current -> current.take(number, line));
    }
    return sectors;
  }

  private static boolean isFirst(String line) {
    return FIRST_LINE.matcher(line).matches();
  }

  private static boolean beginsAnywhere(String line) {
    return isFirst(line) || isHead(line) || line.contains("[event;");
  }

  private static boolean isHead(String line) {
    Matcher value = VALUE.matcher(line);
    return value.matches() && HEAD.contains(value.group(1));
  }

  /** Whether another sector begins here; if its first line is lost, by its other lines. */
  private boolean isFollowedBy(String line) {
    return isFirst(line) || (inLog && isHead(line));
  }

  private void endedAt(int next) {
    unread.add(
        "another sector, whose line `SectorID:` is missing, begins at line %d".formatted(next));
  }

  private void take(int number, String text) {
    Matcher value = VALUE.matcher(text);
    inLog = inLog || text.equals(SEPARATOR) || LotusLogText.begins(text);
    if (inLog) {
      log.take(number, text);
    } else if (value.matches()) {
      put(value.group(1), Optional.ofNullable(value.group(2)).orElse(""));
    } else {
      Matcher piece = ACTIVATED.matcher(text);
      if (piece.matches()) {
        activated.add(piece.group(1));
      }
      continueWith(text);
    }
  }

  private void put(String key, String value) {
    open = "";
    Matcher onChain = ON_CHAIN.matcher(value);
    if (key.equals("SectorID") && onChain.matches()) {
      onChainSector = "s-t0%s-%s".formatted(onChain.group(1), onChain.group(2));
      return;
    }
    String earlier = head.putIfAbsent(key, value);
    if (earlier == null) {
      open = key;
    } else if (!earlier.equals(value) && (HEAD.contains(key) || key.equals("SectorID"))) {
      ambiguous.add(key);
    }
  }

  /** The rest of a value that was broken into several lines. */
  private void continueWith(String text) {
    String value = head.getOrDefault(open, "");
    boolean short64 = value.length() + text.length() <= LENGTHS.getOrDefault(open, 0);
    boolean list = open.equals("Deals") && !value.endsWith("]");
    if (REST.matcher(text).matches() && (short64 || list)) {
      head.put(open, value + text);
    } else {
      open = "";
    }
  }

  private Findings findings(long miner, String name) {
    if (!head.containsKey("SectorID")) {
      throw new SectorStateException(
          "%s, from line %d, was left out: the line `SectorID:` of this sector is missing."
              .formatted(name, line),
          null);
    }
    String which = "%s, sector %s (line %d),".formatted(name, head.get("SectorID"), line);
    if (!ambiguous.isEmpty()) {
      throw new SectorStateException(
          "%s was left out: it has different values for %s, so that part of it is another sector's."
              .formatted(which, String.join(", ", ambiguous)),
          null);
    }
    List<String> known = head.keySet().stream().filter(HEAD::contains).toList();
    if (known.isEmpty()) {
      throw new SectorStateException(
          "%s was left out: nothing follows but its number, which may be cut off.".formatted(which),
          null);
    }
    if (!known.equals(HEAD.stream().filter(known::contains).toList())) {
      throw new SectorStateException(
          "%s was left out: its lines are not in the order in which they are printed, so that part of it may be another sector's."
              .formatted(which),
          null);
    }
    ALWAYS.stream()
        .filter(key -> !head.containsKey(key))
        .forEach(key -> unread.add("its line `%s:` is missing".formatted(key)));
    LotusLog events = log.log();
    return new LotusSector(miner, status(events), events.lacking(unread), which, "lotus " + name)
        .findings();
  }

  private ObjectNode status(LotusLog events) {
    ObjectNode status = JsonObjects.create();
    number(status, "SectorID", head.get("SectorID"));
    copy("Status", value -> status.put("State", value));
    copy("CIDcommD", value -> cid(status, "CommD", value));
    copy("CIDcommR", value -> cid(status, "CommR", value));
    copy("Ticket", value -> status.withObject("/Ticket").put("Value", base64(value)));
    copy("TicketH", value -> number(status.withObject("/Ticket"), "Epoch", value));
    copy("Seed", value -> status.withObject("/Seed").put("Value", base64(value)));
    copy("SeedH", value -> number(status.withObject("/Seed"), "Epoch", value));
    copy("Precommit", value -> cid(status, "PreCommitMsg", value));
    copy("Commit", value -> cid(status, "CommitMsg", value));
    copy("SealProof", value -> sealProof(status, value, events));
    copy("DealWeight", value -> status.put("DealWeight", value));
    copy("VerifiedDealWeight", value -> status.put("VerifiedDealWeight", value));
    if (onChainSector != null) {
      status.put("OnChainSector", onChainSector);
    }
    copy("Deals", value -> deals(status.putArray("Deals"), value));
    ArrayNode pieces = status.putArray("ActivatedPieces");
    activated.forEach(pieces::add);
    return status;
  }

  private void copy(String key, Consumer<String> taker) {
    Optional.ofNullable(head.get(key)).ifPresent(taker);
  }

  /** A CID that the miner does not have yet is printed as {@code <nil>}, or as {@code b}. */
  private static void cid(ObjectNode status, String field, String value) {
    if (value.isEmpty() || value.startsWith("<nil>") || value.equals("b")) {
      status.putNull(field);
    } else {
      status.putObject(field).put("/", value);
    }
  }

  private static void deals(ArrayNode deals, String value) {
    for (String deal : value.replaceAll("[\\[\\]]", "").strip().split("\\s+", -1)) {
      if (deal.matches("\\d{1,18}")) {
        deals.add(Long.parseLong(deal));
      }
    }
  }

  /** Printed in hexadecimal, except by versions whose decimal is what the log has. */
  private static void sealProof(ObjectNode status, String value, LotusLog events) {
    boolean decimal =
        value.matches("\\d{1,9}") && events.sealProof().equals(Optional.of(Long.parseLong(value)));
    if (decimal || !value.matches("[0-9a-fA-F]{1,8}")) {
      number(status, "SealProof", value);
    } else {
      status.put("SealProof", Long.parseLong(value, 16));
    }
  }

  private static void number(ObjectNode object, String field, String value) {
    try {
      object.put(field, Long.parseLong(value));
    } catch (NumberFormatException e) {
      object.put(field, value);
    }
  }

  /**
   * In base64, as the API returns it; text that is not hex stays as it is and is refused later
   * because it is not base64.
   */
  private static String base64(String hex) {
    try {
      return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      return "?" + hex;
    }
  }
}
