package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Inputs that a sector may have been sealed with.
 *
 * @param facts its facts with these inputs
 * @param what how they differ from the record, as a phrase, e.g. {@code the ticket of epoch 1,234}
 * @param evidence why they may be the right ones, as a clause
 */
public record Candidate(
    @JsonProperty("facts") SectorFacts facts,
    @JsonProperty("what") String what,
    @JsonProperty("evidence") String evidence) {

  @Override
  public String toString() {
    return "%s (%s)".formatted(what, evidence);
  }
}
