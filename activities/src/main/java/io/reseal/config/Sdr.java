package io.reseal.config;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Whose code labels in PC1; the layers are the same. */
public enum Sdr {
  /** Reseal's, the faster one. */
  OWN,
  /** The proofs library's, the reference. */
  STOCK;

  static Sdr parse(String text) {
    return Arrays.stream(values())
        .filter(sdr -> sdr.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is no code that labels: there are %s."
                        .formatted(
                            text,
                            Arrays.stream(values())
                                .map(Sdr::toString)
                                .collect(Collectors.joining(", ")))));
  }

  /** As configuration files and the core write it, {@code own}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
