package io.reseal.catalog;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * An operator's command to a sealing host, as that host recorded it.
 *
 * @param host configured name of the host
 * @param threadIndex which sealing thread, or null for the whole host
 * @param kind {@code pause}, {@code pause --now}, {@code resume}, {@code drain}
 * @param by who gave it
 * @param at when the host carried it out, by its clock, to the millisecond
 * @param outcome the host's sentence; a refusal begins with {@code refused:}
 */
public record HostCommandRow(
    String host, Integer threadIndex, String kind, String by, Instant at, String outcome) {

  public HostCommandRow {
    at = at.truncatedTo(ChronoUnit.MILLIS);
  }
}
