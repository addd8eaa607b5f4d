package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What the chain says of a sector that was put back into a store.
 *
 * @param status as it was seen last
 * @param height the epoch at which it was seen
 * @param deadline where the sector is proven, or null if it is not known
 * @param text what that means, and what comes next
 * @param attention what is wrong, while something can be done about it, or null
 * @param command what to run about it, or null
 * @param due the epoch from which on the sector counts as proven, if the chain never saw a fault
 *     and sees none by then; null if it saw one
 * @param nextLook epoch milliseconds when the chain is worth looking at again; null once nothing
 *     can change any more
 * @param changes what it was seen to be, in order
 * @param firstChance the epoch after the first window in which it could be proven since it was put
 *     back; null if the chain saw no fault, and in records of older versions
 */
public record OnChain(
    @JsonProperty("status") Status status,
    @JsonProperty("height") long height,
    @JsonProperty("deadline") Integer deadline,
    @JsonProperty("text") String text,
    @JsonProperty("attention") String attention,
    @JsonProperty("command") String command,
    @JsonProperty("due") Long due,
    @JsonProperty("nextLook") Long nextLook,
    @JsonProperty("changes") List<Change> changes,
    @JsonProperty("firstChance") Long firstChance) {

  public OnChain {
    changes = List.copyOf(changes);
  }

  /** What a sector is on chain. */
  public enum Status {
    /** Not faulty; since it was put back, it has not been proven. */
    ACTIVE,
    FAULTY,
    /** Faulty, and its recovery is declared. */
    RECOVERING,
    /** Proven since it was put back. */
    PROVEN,
    /** Terminated or expired. */
    ENDED,
    /** No node shows the sector. */
    UNSEEN;

    /** In small letters, for people. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A status for people; null: the chain was not looked at. */
  public static String word(Status status) {
    return status == null ? "not seen" : status.word();
  }

  /** A status and the epoch at which it was first seen. */
  public record Change(
      @JsonProperty("status") Status status, @JsonProperty("height") long height) {}

  /** The epoch at which it was first seen with this status. */
  public long since() {
    return changes.isEmpty() ? height : changes.get(changes.size() - 1).height();
  }

  /** {@code faulty (epoch 5890) → recovering (epoch 5897) → proven (epoch 6046)}. */
  public String course() {
    return changes.stream()
        .map(change -> "%s (epoch %d)".formatted(change.status().word(), change.height()))
        .collect(Collectors.joining(" → "));
  }
}
