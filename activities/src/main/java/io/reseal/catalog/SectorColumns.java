package io.reseal.catalog;

import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.SectorRecord;
import io.reseal.record.Standing;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Maps a record to the columns of the table {@code sector}; its pieces are in {@code sector_piece}.
 */
final class SectorColumns {

  /**
   * A column that holds one fact.
   *
   * @param name of the column
   * @param read turns the column's value into the fact's
   * @param write turns the fact's value into the column's
   */
  private record Column<T>(String name, Fact<T> fact, Reader<T> read, Function<T, Object> write) {

    void read(ResultSet row, Facts.Builder facts) throws SQLException {
      T value = read.read(row, name);
      if (!row.wasNull()) {
        facts.put(fact, value);
      }
    }

    Object valueOf(Facts facts) {
      return facts.get(fact).map(write).orElse(null);
    }
  }

  private interface Reader<T> {
    T read(ResultSet row, String column) throws SQLException;
  }

  private static final List<Column<?>> COLUMNS =
      List.of(
          new Column<>(
              "proof",
              Fact.PROOF_TYPE,
              (row, column) -> SealProof.ofName(row.getString(column)),
              SealProof::registeredName),
          text("ticket", Fact.TICKET),
          number("ticket_epoch", Fact.TICKET_EPOCH),
          text("seed", Fact.SEED),
          number("seed_epoch", Fact.SEED_EPOCH),
          flag("proof_due", Fact.PROOF_DUE),
          text("comm_d", Fact.COMM_D),
          text("comm_r", Fact.COMM_R),
          text("snap_comm_d", Fact.SNAP_COMM_D),
          text("snap_comm_r", Fact.SNAP_COMM_R),
          text("record_json", Fact.RECORD_JSON));

  /** The columns of every record, after its miner and number. */
  private static final List<String> NAMES =
      names(
          COLUMNS.stream().map(Column::name).toList(),
          List.of(
              "activation",
              "expiration",
              "deadline_index",
              "partition_index",
              "faulty",
              "standing_as_of",
              "source",
              "merged"));

  static final String INSERT =
      "INSERT INTO sector (miner, number, %s, created_at, updated_at) VALUES (:miner, :number, %s, %s, %s)"
          .formatted(
              String.join(", ", NAMES),
              NAMES.stream().map(":"::concat).collect(Collectors.joining(", ")),
              DatabaseClock.NOW,
              DatabaseClock.NOW);

  static final String INSERT_OR_UPDATE =
      "%s ON DUPLICATE KEY UPDATE %s"
          .formatted(
              INSERT,
              names(NAMES, List.of("updated_at")).stream()
                  .map("%1$s = VALUES(%1$s)"::formatted)
                  .collect(Collectors.joining(", ")));

  private SectorColumns() {}

  /** The values of a record by column; null if the record has none. */
  static Map<String, Object> valuesOf(SectorRecord sector, boolean merged) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("miner", sector.id().miner());
    values.put("number", sector.id().number());
    Facts facts = sector.facts();
    COLUMNS.forEach(column -> values.put(column.name(), column.valueOf(facts)));
    Optional<Standing> standing = facts.get(Fact.STANDING);
    values.put("activation", standing.map(Standing::activation).orElse(null));
    values.put("expiration", standing.map(Standing::expiration).orElse(null));
    values.put("deadline_index", standing.map(Standing::deadline).orElse(null));
    values.put("partition_index", standing.map(Standing::partition).orElse(null));
    values.put("faulty", standing.map(Standing::faulty).orElse(null));
    values.put("standing_as_of", standing.map(Standing::asOf).orElse(null));
    values.put("source", sector.source());
    values.put("merged", merged);
    return values;
  }

  static SectorId id(ResultSet row) throws SQLException {
    return new SectorId(row.getLong("miner"), row.getLong("number"));
  }

  /** The facts in a row, all but the pieces. */
  static Facts facts(ResultSet row) throws SQLException {
    Facts.Builder facts = Facts.builder();
    for (Column<?> column : COLUMNS) {
      column.read(row, facts);
    }
    Long asOf = row.getObject("standing_as_of", Long.class);
    if (asOf != null) {
      facts.put(
          Fact.STANDING,
          new Standing(
              row.getObject("activation", Long.class),
              row.getObject("expiration", Long.class),
              row.getObject("deadline_index", Integer.class),
              row.getObject("partition_index", Integer.class),
              row.getObject("faulty", Boolean.class),
              asOf));
    }
    return facts.build();
  }

  private static Column<String> text(String name, Fact<String> fact) {
    return new Column<>(name, fact, ResultSet::getString, value -> value);
  }

  private static Column<Long> number(String name, Fact<Long> fact) {
    return new Column<>(name, fact, ResultSet::getLong, value -> value);
  }

  private static Column<Boolean> flag(String name, Fact<Boolean> fact) {
    return new Column<>(name, fact, ResultSet::getBoolean, value -> value);
  }

  private static List<String> names(List<String> first, List<String> then) {
    return Stream.concat(first.stream(), then.stream()).toList();
  }
}
