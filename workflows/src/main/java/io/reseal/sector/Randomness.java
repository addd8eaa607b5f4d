package io.reseal.sector;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A ticket (which PC1 starts from) or a seed (the challenge of the proof), and its epoch.
 *
 * @param value 32 bytes as hex
 * @param epoch the chain epoch it was drawn for; negative on young chains; null if a ticket's is
 *     unknown, because sealing does not need it
 */
public record Randomness(@JsonProperty("value") String value, @JsonProperty("epoch") Long epoch) {

  @JsonCreator
  public Randomness {
    value = Hex32.check("a ticket or seed", value);
  }

  public Randomness(String value, long epoch) {
    this(value, Long.valueOf(epoch));
  }

  /** For people: {@code (3000000) 9122ca77…}, or without the epoch if unknown. */
  public String text() {
    return epoch == null ? value : "(%d) %s".formatted(epoch, value);
  }
}
