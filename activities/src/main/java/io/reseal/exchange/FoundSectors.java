package io.reseal.exchange;

import io.reseal.record.Findings;
import io.reseal.record.Reading;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** The sectors that one source reports, each once, and what of the source was left out. */
final class FoundSectors {

  private final String name;
  private final Map<SectorId, Findings> found = new LinkedHashMap<>();
  private final Set<SectorId> ambiguous = new HashSet<>();
  private final List<String> leftOut = new ArrayList<>();

  /**
   * @param name what messages call the source
   */
  FoundSectors(String name) {
    this.name = name;
  }

  /** Reads one sector; if it is refused, it is left out and the others are still read. */
  void read(Supplier<Findings> sector) {
    try {
      add(sector.get());
    } catch (SectorStateException e) {
      leaveOut(e.getMessage());
    }
  }

  /**
   * Adds a sector. The same facts twice count once; with different facts neither counts, since
   * nothing shows which are right.
   */
  private void add(Findings findings) {
    SectorId id = findings.id();
    if (ambiguous.contains(id)) {
      return;
    }
    Findings earlier = found.putIfAbsent(id, findings);
    if (earlier != null && !earlier.facts().equals(findings.facts())) {
      found.remove(id);
      ambiguous.add(id);
      leaveOut(
          "%s holds sector %s more than once, with different facts, so the sector was left out: remove all but the right one."
              .formatted(name, id));
    }
  }

  /**
   * Notes something that could not be read.
   *
   * @param why a sentence that names the place
   */
  void leaveOut(String why) {
    leftOut.add(why);
  }

  Reading reading() {
    return new Reading(List.copyOf(found.values()), leftOut);
  }
}
