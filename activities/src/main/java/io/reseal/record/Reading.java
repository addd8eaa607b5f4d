package io.reseal.record;

import java.util.ArrayList;
import java.util.List;

/**
 * What was read from a source: findings on sectors, and what had to be left out.
 *
 * @param findings one for each sector that could be read
 * @param leftOut what could not be read, a sentence each: where it is (file, line, sector, field),
 *     what is wrong with it, and what to do
 */
public record Reading(List<Findings> findings, List<String> leftOut) {

  /** A source of which nothing had to be left out. */
  public static Reading of(List<Findings> findings) {
    return new Reading(findings, List.of());
  }

  /** A source of which nothing could be read. */
  public static Reading nothing(String why) {
    return new Reading(List.of(), List.of(why));
  }

  public Reading {
    findings = List.copyOf(findings);
    leftOut = List.copyOf(leftOut);
  }

  /** Both together. */
  public Reading plus(Reading other) {
    List<Findings> all = new ArrayList<>(findings);
    all.addAll(other.findings);
    List<String> without = new ArrayList<>(leftOut);
    without.addAll(other.leftOut);
    return new Reading(all, without);
  }
}
