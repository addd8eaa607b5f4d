package io.reseal.catalog;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A sealing host as its worker last reported it.
 *
 * @param name configured name of the host
 * @param addresses the machine's host name and IP addresses, separated by single spaces
 * @param version the worker's version
 * @param core the native core that it runs, or null if none was reported
 * @param draining whether it takes no new work and ends when its work is done
 * @param clock its clock beside the catalog's, or null if it has not compared them yet
 * @param seenAt when it reported this, to the millisecond
 */
public record HostRow(
    String name,
    String addresses,
    String version,
    CoreReport core,
    boolean draining,
    ClockSkew clock,
    Instant seenAt) {

  public HostRow {
    seenAt = seenAt.truncatedTo(ChronoUnit.MILLIS);
  }

  /** Of a host that has not compared its clock yet. */
  public HostRow(
      String name,
      String addresses,
      String version,
      CoreReport core,
      boolean draining,
      Instant seenAt) {
    this(name, addresses, version, core, draining, null, seenAt);
  }
}
