package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;

/**
 * A sealing thread that a rebuild holds.
 *
 * @param host configured name of the sealing host
 * @param index the thread's place in the host's file, from 0
 * @param location its scratch directory
 * @param maxRetries retries of a step on this thread, or null to use the rebuild's own
 * @param recoverInterval wait before the first of them, or null to use the rebuild's own
 */
public record ThreadGrant(
    @JsonProperty("host") String host,
    @JsonProperty("index") int index,
    @JsonProperty("location") String location,
    @JsonProperty("maxRetries") Integer maxRetries,
    @JsonProperty("recoverInterval") Duration recoverInterval) {

  /** Whether both grants have the same scratch files. */
  public boolean sameScratch(ThreadGrant other) {
    return host.equals(other.host) && location.equals(other.location);
  }

  /** For people: {@code host-a#0}. */
  @Override
  public String toString() {
    return host + "#" + index;
  }
}
