package io.reseal.exchange;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Reading;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code lotus-miner sectors status --log N} prints, of one sector or of several one after the
 * other, converted to the form of the miner's API.
 */
public final class LotusStatusText {

  private static final Pattern FIRST_LINE = Pattern.compile("SectorID:\\s+(\\d{1,18})\\s*");
  private static final Pattern VALUE = Pattern.compile("(\\w+):\\s+(\\S.*?)\\s*");
  private static final Pattern EVENT =
      Pattern.compile("\\d+\\.\\t[^\\t]*\\t\\[([^\\]]+)\\]\\t(.*?)\\s*");
  private static final String SEPARATOR = "Event Log:";

  private LotusStatusText() {}

  /** Reads all sectors of the file, which must be the miner's. */
  public static Reading read(long miner, Path file) {
    return read(miner, InputFile.bytes(file), file.toString());
  }

  static Reading read(long miner, byte[] text, String name) {
    FoundSectors found = new FoundSectors(name);
    for (List<String> sector : sectors(decode(text, name), name)) {
      ObjectNode status = status(sector);
      String which = "%s, sector %s,".formatted(name, status.get("SectorID"));
      found.read(() -> new LotusSector(miner, status, which, "lotus " + name).findings());
    }
    return found.reading();
  }

  private static List<String> decode(byte[] text, String name) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(text))
          .toString()
          .lines()
          .toList();
    } catch (CharacterCodingException e) {
      throw new SectorStateException("%s is not UTF-8 text.".formatted(name), e);
    }
  }

  private static List<List<String>> sectors(List<String> lines, String name) {
    List<List<String>> sectors = new ArrayList<>();
    for (String line : lines) {
      if (FIRST_LINE.matcher(line).matches()) {
        sectors.add(new ArrayList<>());
      }
      if (!sectors.isEmpty()) {
        sectors.get(sectors.size() - 1).add(line);
      }
    }
    if (sectors.isEmpty()) {
      throw new SectorStateException(
          "%s holds no sector: it must be what `lotus-miner sectors status --log N` prints."
              .formatted(name),
          null);
    }
    return sectors;
  }

  private static ObjectNode status(List<String> lines) {
    ObjectNode status = JsonObjects.create();
    ArrayNode log = status.arrayNode();
    boolean inLog = false;
    for (String line : lines) {
      inLog = inLog || line.equals(SEPARATOR);
      Matcher event = EVENT.matcher(line);
      Matcher value = VALUE.matcher(line);
      if (inLog && event.matches()) {
        log.addObject().put("Kind", event.group(1)).put("Message", event.group(2));
      } else if (!inLog && value.matches()) {
        put(status, value.group(1), value.group(2));
      }
    }
    status.set("Log", log);
    return status;
  }

  private static void put(ObjectNode status, String name, String value) {
    switch (name) {
      case "SectorID" -> {
        if (value.matches("\\d+")) {
          status.put("SectorID", Long.parseLong(value));
        }
      }
      case "Status" -> status.put("State", value);
      case "CIDcommD" -> cid(status, "CommD", value);
      case "CIDcommR" -> cid(status, "CommR", value);
      case "Ticket" -> status.withObject("/Ticket").put("Value", base64(value));
      case "TicketH" -> number(status.withObject("/Ticket"), "Epoch", value);
      case "Seed" -> status.withObject("/Seed").put("Value", base64(value));
      case "SeedH" -> number(status.withObject("/Seed"), "Epoch", value);
      case "Precommit" -> cid(status, "PreCommitMsg", value);
      case "Commit" -> cid(status, "CommitMsg", value);
      case "DealWeight", "VerifiedDealWeight" -> status.put(name, value);
      case "SealProof" -> number(status, "SealProof", value);
      default -> {
        // Deals, retries, expiration: not needed by a rebuild.
      }
    }
  }

  private static void cid(ObjectNode status, String field, String value) {
    if (!value.startsWith("<nil>")) {
      status.putObject(field).put("/", value);
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
