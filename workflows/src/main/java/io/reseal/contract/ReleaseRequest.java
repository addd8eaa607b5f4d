package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.SectorId;

/**
 * Gives a sealing thread back.
 *
 * @param sector the sector whose rebuild holds it
 * @param thread which thread
 * @param removeScratch whether to remove the rebuild's scratch files too: at its end, never at a
 *     park
 * @param fault what is wrong with the host, which marks the thread; or null
 */
public record ReleaseRequest(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("thread") ThreadGrant thread,
    @JsonProperty("removeScratch") boolean removeScratch,
    @JsonProperty("fault") String fault) {

  /** From a host with which nothing is wrong. */
  public ReleaseRequest(SectorId sector, ThreadGrant thread, boolean removeScratch) {
    this(sector, thread, removeScratch, null);
  }
}
