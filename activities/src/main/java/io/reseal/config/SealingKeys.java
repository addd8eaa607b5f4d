package io.reseal.config;

import io.reseal.config.WorkerConfig.Sealing;
import io.reseal.sector.SectorId;
import io.reseal.sector.SectorSize;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** Reads {@code sealing.*} in any section, with defaults for keys that are missing. */
final class SealingKeys {

  private static final Duration LONGEST_WAIT = Duration.ofDays(1);

  private final OlderKeys older;

  SealingKeys(OlderKeys older) {
    this.older = older;
  }

  Sealing read(TomlSection section, Sealing otherwise) {
    List<Long> miners = section.list("allowed_miners", SectorId::parseMiner);
    List<SectorSize> sizes =
        section.list("allowed_sizes", text -> SectorSize.parse(text.replace(" ", "")));
    Sealing sealing =
        new Sealing(
            section.has("allowed_miners") ? Set.copyOf(miners) : otherwise.allowedMiners(),
            section.has("allowed_sizes") ? Set.copyOf(sizes) : otherwise.allowedSizes(),
            section.count("max_retries", 0).or(otherwise::maxRetries),
            section
                .parsed("recover_interval", SealingKeys::checkWait)
                .or(otherwise::recoverInterval));
    older.inSealing(section);
    return sealing;
  }

  private static Duration checkWait(String text) {
    Duration wait = Durations.parse(text);
    if (wait.compareTo(Duration.ofSeconds(1)) < 0 || wait.compareTo(LONGEST_WAIT) > 0) {
      throw new IllegalArgumentException("'%s' is out of range; write 1s to 24h.".formatted(text));
    }
    return wait;
  }
}
