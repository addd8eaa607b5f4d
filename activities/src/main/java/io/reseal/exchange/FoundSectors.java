package io.reseal.exchange;

import io.reseal.record.Findings;
import io.reseal.sector.SectorId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sectors that one source reports, each once. */
final class FoundSectors {

  private final String name;
  private final Map<SectorId, Findings> found = new LinkedHashMap<>();

  /**
   * @param name what messages call the source
   */
  FoundSectors(String name) {
    this.name = name;
  }

  void add(Findings findings) {
    if (found.putIfAbsent(findings.id(), findings) != null) {
      throw new SectorStateException(
          "%s holds sector %s twice; nothing was imported from it. Remove one of the two."
              .formatted(name, findings.id()),
          null);
    }
  }

  List<Findings> all() {
    return List.copyOf(found.values());
  }
}
