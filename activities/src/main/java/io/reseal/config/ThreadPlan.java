package io.reseal.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a sealing thread is for; Reseal gives work only to those that rebuild. */
public enum ThreadPlan {
  /** Seals new sectors. */
  SEALER,
  /** Puts data into empty sectors. */
  SNAPUP,
  /** Brings lost sectors back. */
  REBUILD,
  /** Reads data out of sectors. */
  UNSEAL,
  /** Computes WindowPoSt. */
  WDPOST;

  static ThreadPlan parse(String text) {
    return Arrays.stream(values())
        .filter(plan -> plan.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is no plan: there are %s."
                        .formatted(
                            text,
                            Arrays.stream(values())
                                .map(ThreadPlan::toString)
                                .collect(Collectors.joining(", ")))));
  }

  /** As configuration files write it, {@code rebuild}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
