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
 * @param number higher than that of every earlier grant to a rebuild of this sector, on whichever
 *     host: of two processes that both believe they hold a thread, the one with the lower number
 *     was replaced. Null if an older version granted it, or if only the thread is meant
 */
public record ThreadGrant(
    @JsonProperty("host") String host,
    @JsonProperty("index") int index,
    @JsonProperty("location") String location,
    @JsonProperty("maxRetries") Integer maxRetries,
    @JsonProperty("recoverInterval") Duration recoverInterval,
    @JsonProperty("number") Long number) {

  /** Whether both grants have the same scratch files. */
  public boolean sameScratch(ThreadGrant other) {
    return host.equals(other.host) && location.equals(other.location);
  }

  /** Whether both are the same thread with the same settings; their numbers may differ. */
  public boolean sameThread(ThreadGrant other) {
    return other != null && numbered(null).equals(other.numbered(null));
  }

  /** The same thread, granted under that number. */
  public ThreadGrant numbered(Long newNumber) {
    return new ThreadGrant(host, index, location, maxRetries, recoverInterval, newNumber);
  }

  /** For people: {@code host-a#0}. */
  @Override
  public String toString() {
    return host + "#" + index;
  }
}
