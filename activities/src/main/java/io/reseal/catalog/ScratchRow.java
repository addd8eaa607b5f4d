package io.reseal.catalog;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.reseal.contract.SectorFacts;
import io.reseal.plan.UnsealedWish;
import io.reseal.sector.SectorId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A sector's scratch files on a host, as its worker last reported them.
 *
 * @param host configured name of the host
 * @param location the sealing thread's location that they are in
 * @param sector which sector, or null if their owner file cannot be read
 * @param name the sector's file name, which is known even then
 * @param bytes how much room they take
 * @param state what is finished, for people: {@code TreeDBuilt, 5 of 11 layers}
 * @param verdict in a word whether they are needed: {@code running}, {@code parked}, {@code moved},
 *     {@code ended}, {@code undecided}, {@code kept}
 * @param reason why they are kept, as a sentence
 * @param advice what a person can do, or null
 * @param inputs what they are made from, or null if that is not known
 * @param unsealed what their rebuild does about the unsealed copy; null: nothing, or not known
 * @param seenAt when this was reported, to the millisecond
 */
public record ScratchRow(
    String host,
    String location,
    SectorId sector,
    String name,
    long bytes,
    String state,
    String verdict,
    String reason,
    String advice,
    @JsonIgnore SectorFacts inputs,
    UnsealedWish unsealed,
    Instant seenAt) {

  public ScratchRow {
    seenAt = seenAt.truncatedTo(ChronoUnit.MILLIS);
  }
}
