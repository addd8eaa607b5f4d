package io.reseal.sector;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which sector: the miner's actor number (1001 for f01001) and the sector's number.
 *
 * @param miner actor number of the miner's ID address
 * @param number sector number, 0 to 2^63 - 1 as on chain
 */
public record SectorId(@JsonProperty("miner") long miner, @JsonProperty("number") long number)
    implements Comparable<SectorId> {

  private static final Pattern MINER = Pattern.compile("(?:[ft]0)?(0|[1-9][0-9]{0,17})");
  private static final Pattern ROBUST = Pattern.compile("[ft][1-4][0-9a-z]{16,}");
  private static final Pattern FILE_NAME = Pattern.compile("s-t0(\\d{1,18})-(\\d{1,18})");
  private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,17}");

  @JsonCreator
  public SectorId {
    if (miner < 0 || number < 0) {
      throw new IllegalArgumentException("A miner or sector number cannot be negative.");
    }
  }

  /** Parses a miner as people write it: {@code 1001}, {@code f01001} or {@code t01001}. */
  public static long parseMiner(String text) {
    Matcher matcher = MINER.matcher(text);
    if (isRobust(text)) {
      throw new IllegalArgumentException(
          "'%s' is a robust address, which does not contain the miner's number: give its ID address, e.g. f01001, as `lotus state lookup %s` prints it."
              .formatted(text, text));
    }
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a miner: give its number or ID address, e.g. 1001, f01001 or t01001."
              .formatted(text));
    }
    return Long.parseLong(matcher.group(1));
  }

  /** Whether a text is an address that does not contain the miner's number. */
  public static boolean isRobust(String address) {
    return ROBUST.matcher(address).matches();
  }

  /** Parses a sector number. */
  public static long parseNumber(String text) {
    if (!NUMBER.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a sector number: give a whole number from 0.".formatted(text));
    }
    return Long.parseLong(text);
  }

  public static SectorId parse(String miner, String number) {
    return new SectorId(parseMiner(miner), parseNumber(number));
  }

  /** The miner's ID address as shown to people, {@code f01001}. */
  public String minerAddress() {
    return "f0" + miner;
  }

  /** The name of the sector's files in every store, {@code s-t01001-123}, on each network. */
  public String fileName() {
    return "s-t0" + miner + "-" + number;
  }

  /** The sector whose files have that name in a store; empty for the name of anything else. */
  public static Optional<SectorId> ofFileName(String name) {
    Matcher matcher = FILE_NAME.matcher(name);
    return matcher.matches()
        ? Optional.of(
                new SectorId(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
            .filter(sector -> sector.fileName().equals(name))
        : Optional.empty();
  }

  @Override
  public int compareTo(SectorId other) {
    int byMiner = Long.compare(miner, other.miner);
    return byMiner != 0 ? byMiner : Long.compare(number, other.number);
  }

  /** For people: {@code f01001/123}. */
  @Override
  public String toString() {
    return minerAddress() + "/" + number;
  }
}
