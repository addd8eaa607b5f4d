package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.reseal.sector.NamedValues;
import io.reseal.sector.SectorId;

/**
 * An operator's command to a sealing host.
 *
 * @param host configured name of the host
 * @param kind what to do
 * @param threadIndex which sealing thread, from 0; null for the whole host
 * @param now with a pause: whether the running step is stopped too, rather than awaited
 * @param by who asked, for the record
 * @param sector the sector it is about, or null if it is about threads
 */
public record HostCommand(
    @JsonProperty("host") String host,
    @JsonProperty("kind") Kind kind,
    @JsonProperty("threadIndex") Integer threadIndex,
    @JsonProperty("now") boolean now,
    @JsonProperty("by") String by,
    @JsonProperty("sector") SectorId sector) {

  /** Type of the failure that reports that the host did not answer. */
  public static final String SILENT = "Host.Silent";

  /** A command about threads. */
  public HostCommand(String host, Kind kind, Integer threadIndex, boolean now, String by) {
    this(host, kind, threadIndex, now, by, null);
  }

  /** For people: {@code pause host-a#0 by anne}. */
  public String summary() {
    return "%s%s %s%s%s by %s"
        .formatted(
            kind,
            now ? " --now" : "",
            host,
            threadIndex == null ? "" : "#" + threadIndex,
            sector == null ? "" : " " + sector,
            by);
  }

  /** What a host can be asked to do. */
  public enum Kind {
    /** The thread takes no new work until it is resumed, even after a restart. */
    PAUSE("pause"),
    /** The thread takes work again; the mark of a host fault is removed. */
    RESUME("resume"),
    /** The host takes no new work, finishes what it has, and its worker ends. */
    DRAIN("drain"),
    /** The host removes a sector's scratch files, unless a rebuild has them. */
    REMOVE_SCRATCH("remove-scratch");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    @JsonCreator
    public static Kind parse(String text) {
      return NamedValues.require(values(), text, "a command to a host");
    }

    @JsonValue
    @Override
    public String toString() {
      return text;
    }
  }
}
