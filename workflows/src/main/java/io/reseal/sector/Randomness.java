package io.reseal.sector;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A ticket (what PC1 starts from) or a seed (what the proof is asked with), and its epoch.
 *
 * @param value 32 bytes as hex
 * @param epoch the chain epoch it was drawn for; negative on young chains
 */
public record Randomness(@JsonProperty("value") String value, @JsonProperty("epoch") long epoch) {

  @JsonCreator
  public Randomness {
    value = Hex32.check("a ticket or seed", value);
  }
}
