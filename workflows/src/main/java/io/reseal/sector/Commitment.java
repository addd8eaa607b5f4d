package io.reseal.sector;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.HexFormat;

/**
 * 32 bytes that commit to data (CommD, a piece's commitment), to a replica (CommR), or identify one
 * (replica id). Its text is lower-case hex in the order of the bytes.
 */
public record Commitment(@JsonValue String hex) {

  @JsonCreator
  public Commitment {
    hex = Hex32.check("a commitment", hex);
  }

  public static Commitment of(byte[] bytes) {
    return new Commitment(HexFormat.of().formatHex(bytes));
  }

  public byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  @Override
  public String toString() {
    return hex;
  }
}
