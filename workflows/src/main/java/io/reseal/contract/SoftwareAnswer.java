package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What the miner's software answered when it was told of files that are in a store.
 *
 * @param sees whether it could prove the sector by them
 * @param text what it found, in a few words
 * @param command what to run if it does not see them; null if it does
 */
public record SoftwareAnswer(
    @JsonProperty("sees") boolean sees,
    @JsonProperty("text") String text,
    @JsonProperty("command") String command) {

  /** It could prove the sector. */
  public static SoftwareAnswer sees(String text) {
    return new SoftwareAnswer(true, text, null);
  }

  /** It could not, until somebody runs a command. */
  public static SoftwareAnswer doesNotSee(String text, String command) {
    return new SoftwareAnswer(false, text, command);
  }
}
