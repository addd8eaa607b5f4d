package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;

/**
 * How long the workflow waits for each kind of event.
 *
 * @param heartbeat silence after which a running attempt, or a host that holds a thread, is
 *     considered lost
 * @param hostGrace how long a silent host's thread is reserved for that host, because its scratch
 *     holds hours of work, before another host may take the rebuild over
 * @param retryFirst wait before the first retry of a temporary failure; it doubles with each one
 * @param retryMost longest wait between retries
 * @param attempts attempts of a step before a temporary failure parks the rebuild
 * @param parkRetry how long until a rebuild that is parked for a temporary reason tries again
 */
public record Timings(
    @JsonProperty("heartbeat") Duration heartbeat,
    @JsonProperty("hostGrace") Duration hostGrace,
    @JsonProperty("retryFirst") Duration retryFirst,
    @JsonProperty("retryMost") Duration retryMost,
    @JsonProperty("attempts") int attempts,
    @JsonProperty("parkRetry") Duration parkRetry) {

  public static Timings standard() {
    return new Timings(
        Duration.ofSeconds(60),
        Duration.ofMinutes(10),
        Duration.ofSeconds(5),
        Duration.ofMinutes(5),
        6,
        Duration.ofMinutes(30));
  }
}
