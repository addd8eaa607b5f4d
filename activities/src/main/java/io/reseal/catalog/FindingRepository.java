package io.reseal.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.reseal.catalog.SectorTable.Kept;
import io.reseal.catalog.SectorWords.Decision;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What each source says of each sector, and the operator's decisions between them. */
public final class FindingRepository {

  /**
   * What follows from a sector's words.
   *
   * @param words all that is to be kept of the sector
   * @param answer for whoever asked
   */
  public record Change<R>(SectorWords words, R answer) {}

  private static final int LONGEST_SOURCE = 700;

  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private final CatalogAccess access;

  FindingRepository(CatalogAccess access) {
    this.access = access;
  }

  public SectorWords of(SectorId sector) {
    return access.read(FindingTable.class, table -> read(table, sector));
  }

  /**
   * Reads a sector's words and keeps what follows from them, as one: of two at a time the second
   * sees what the first has kept.
   */
  public <R> R change(SectorId sector, Function<SectorWords, Change<R>> judge) {
    return access.change(
        FindingTable.class,
        table -> {
          Change<R> change = judge.apply(read(table, sector));
          change.words().record().ifPresent(record -> table.sectors().put(record, true));
          change.words().findings().forEach(finding -> keep(table, finding));
          change.words().decisions().forEach(decision -> table.decide(sector, decision));
          return change.answer();
        });
  }

  private static SectorWords read(FindingTable table, SectorId sector) {
    Optional<Kept> kept = table.sectors().kept(sector);
    List<SectorFindings> findings = new ArrayList<>();
    table.findingsOf(sector).forEach(json -> findings.add(parse(json)));
    kept.filter(record -> !record.merged())
        .map(record -> SectorFindings.of(record.record()))
        .ifPresent(
            word -> {
              findings.removeIf(older -> older.source().equals(word.source()));
              findings.add(word);
            });
    findings.sort(Comparator.comparing(SectorFindings::source));
    List<Decision> decisions = table.decisionsOf(sector);
    return new SectorWords(kept.map(Kept::record), findings, decisions);
  }

  private static void keep(FindingTable table, SectorFindings finding) {
    if (finding.source().length() > LONGEST_SOURCE) {
      throw new IllegalArgumentException(
          "The source %s… of sector %s has a name of more than %d characters: take it from a shorter path."
              .formatted(finding.source().substring(0, 50), finding.id(), LONGEST_SOURCE));
    }
    try {
      table.keep(finding.id(), finding.source(), MAPPER.writeValueAsString(finding));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Findings can always be written.", e);
    }
  }

  private static SectorFindings parse(String json) {
    try {
      return MAPPER.readValue(json, SectorFindings.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "A row of sector_finding cannot be read: %s".formatted(e.getOriginalMessage()), e);
    }
  }
}
