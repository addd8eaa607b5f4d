package io.reseal.config;

import java.time.Duration;

/** Reads {@code [labelling]}. */
final class LabellingKeys {

  private static final Duration LONGEST_GATHER = Duration.ofHours(1);

  private LabellingKeys() {}

  static LabellingSettings read(TomlSection section) {
    return new LabellingSettings(
        section.count("cores", 1),
        section.count("group", 1, LabellingSettings.MOST_OF_A_GROUP),
        section.parsed("gather", LabellingKeys::gather).orElse(LabellingSettings.GATHER),
        section.parsed("memory", ByteSizes::parse),
        section.flag("smt"),
        section
            .count("layers_in_memory", 1, LayersInMemory.TWO.number())
            .map(LayersInMemory::of)
            .orElse(LayersInMemory.TWO));
  }

  private static Duration gather(String text) {
    Duration gather = Durations.parse(text);
    if (gather.compareTo(LONGEST_GATHER) > 0) {
      throw new IllegalArgumentException("'%s' is out of range; write 0s to 1h.".formatted(text));
    }
    return gather;
  }
}
