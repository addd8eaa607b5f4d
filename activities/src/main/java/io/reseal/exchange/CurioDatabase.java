package io.reseal.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.problem.ProblemException;
import io.reseal.record.Findings;
import io.reseal.record.Reading;
import io.reseal.sector.SectorId;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.Driver;

/** The sectors in Curio's database, read over the PostgreSQL protocol and never written. */
public final class CurioDatabase {

  /**
   * Where the database is.
   *
   * @param hosts of a cluster, all at the same port: the first that answers is read
   * @param schema the schema that Curio's tables are in
   */
  public record Address(
      List<String> hosts, int port, String database, String schema, String user, String password) {

    /**
     * @param hosts one host, or several separated by commas, as Curio takes them
     */
    public static Address of(
        String hosts, int port, String database, String schema, String user, String password) {
      List<String> each =
          Arrays.stream(hosts.split(",", -1))
              .map(String::strip)
              .filter(host -> !host.isEmpty())
              .distinct()
              .toList();
      if (each.isEmpty()) {
        throw new SectorStateException(
            "'%s' names no host of Curio's database.".formatted(hosts), null);
      }
      return new Address(each, port, database, schema, user, password);
    }

    /** For people: without the password. */
    @Override
    public String toString() {
      return "%s:%d/%s".formatted(String.join(",", hosts), port, database);
    }

    private Address at(String host) {
      return new Address(List.of(host), port, database, schema, user, password);
    }

    private String url() {
      String host = hosts.get(0);
      return "jdbc:postgresql://%s:%d/%s"
          .formatted(
              host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host,
              port,
              database);
    }
  }

  /** A table that every version of Curio has, or that only newer ones have. */
  private record Table(String key, String name, String number, Optional<String> order) {

    /** Its rows of a sector as JSON: columns that this version lacks are then merely absent. */
    String query() {
      String row =
          order
              .map(column -> "jsonb_agg(to_jsonb(t) ORDER BY t.%s)".formatted(column))
              .orElse("to_jsonb(t)");
      return "'%s', (SELECT %s FROM %s t WHERE t.sp_id = given.sp_id AND t.%s = given.number)"
          .formatted(key, row, name, number);
    }
  }

  private static final List<Table> TABLES =
      List.of(
          new Table("meta", "sectors_meta", "sector_num", Optional.empty()),
          new Table("pieces", "sectors_meta_pieces", "sector_num", Optional.of("piece_num")));

  private static final Table SEALING =
      new Table("sdr", "sectors_sdr_pipeline", "sector_number", Optional.empty());

  private static final List<Table> PIPELINES =
      List.of(
          SEALING,
          new Table(
              "sdr_pieces",
              "sectors_sdr_initial_pieces",
              "sector_number",
              Optional.of("piece_index")),
          new Table("snap", "sectors_snap_pipeline", "sector_number", Optional.empty()),
          new Table(
              "snap_pieces",
              "sectors_snap_initial_pieces",
              "sector_number",
              Optional.of("piece_index")));

  private static final String PROVEN =
      "SELECT sector_num AS number FROM sectors_meta WHERE sp_id = ?";

  /** Sectors whose pre-commit was sent: before that, nothing of them can be lost on chain. */
  private static final String SEALED =
      "SELECT sector_number FROM sectors_sdr_pipeline WHERE sp_id = ?"
          + " AND precommit_msg_cid IS NOT NULL";

  private static final String CONNECT_SECONDS = "10";
  private static final String ANSWER_SECONDS = "60";

  private final Address address;

  public CurioDatabase(Address address) {
    this.address = address;
  }

  /**
   * Reads a miner's sectors.
   *
   * @param numbers the sectors' numbers, or empty for all in the database
   */
  public Reading read(long miner, List<Long> numbers) {
    try (Connection connection = connect()) {
      List<Table> pipelines = present(connection);
      List<Long> wanted = numbers.isEmpty() ? all(connection, miner, pipelines) : numbers;
      if (wanted.isEmpty()) {
        throw new SectorStateException(
            "Curio's database at %s has no sector of the miner f0%d.".formatted(address, miner),
            null);
      }
      return read(connection, miner, wanted, pipelines);
    } catch (SQLException e) {
      throw explain(address, e);
    }
  }

  /** Asks the hosts in turn, as Curio does. */
  private Connection connect() {
    List<ProblemException> failures = new ArrayList<>();
    for (String host : address.hosts()) {
      Address one = address.at(host);
      try {
        return connect(one);
      } catch (SQLException e) {
        failures.add(explain(one, e));
      }
    }
    if (failures.size() == 1) {
      throw failures.get(0);
    }
    throw new CurioException(
        "None of the hosts of Curio's database can be read. "
            + failures.stream().map(Throwable::getMessage).collect(Collectors.joining(" ")),
        failures.get(0));
  }

  private static Connection connect(Address one) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", one.user());
    properties.setProperty("password", one.password());
    properties.setProperty("connectTimeout", CONNECT_SECONDS);
    properties.setProperty("loginTimeout", CONNECT_SECONDS);
    properties.setProperty("socketTimeout", ANSWER_SECONDS);
    properties.setProperty("currentSchema", one.schema());
    properties.setProperty("ApplicationName", "reseal");
    properties.setProperty("readOnly", "true");
    Connection connection = new Driver().connect(one.url(), properties);
    if (connection == null) {
      throw new SectorStateException(
          "'%s' is not an address of Curio's database: give a host and a name without slashes."
              .formatted(one),
          null);
    }
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    return connection;
  }

  /** The tables of the pipelines that this version of Curio has. */
  private static List<Table> present(Connection connection) throws SQLException {
    List<Table> present = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement("SELECT to_regclass(?) IS NOT NULL")) {
      for (Table table : PIPELINES) {
        query.setString(1, table.name());
        try (ResultSet row = query.executeQuery()) {
          if (row.next() && row.getBoolean(1)) {
            present.add(table);
          }
        }
      }
    }
    return present;
  }

  private static List<Long> all(Connection connection, long miner, List<Table> pipelines)
      throws SQLException {
    boolean sealing = pipelines.contains(SEALING);
    String numbers = sealing ? PROVEN + " UNION " + SEALED : PROVEN;
    try (PreparedStatement query = connection.prepareStatement(numbers + " ORDER BY number")) {
      query.setLong(1, miner);
      if (sealing) {
        query.setLong(2, miner);
      }
      List<Long> found = new ArrayList<>();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getLong(1));
        }
      }
      return found;
    }
  }

  private Reading read(Connection connection, long miner, List<Long> numbers, List<Table> pipelines)
      throws SQLException {
    FoundSectors found = new FoundSectors("Curio's database at " + address);
    String columns =
        Stream.concat(TABLES.stream(), pipelines.stream())
            .map(Table::query)
            .collect(Collectors.joining(", "));
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT jsonb_strip_nulls(jsonb_build_object(%s))::text FROM (SELECT ?::bigint AS sp_id, ?::bigint AS number) given"
                .formatted(columns))) {
      for (long number : numbers) {
        SectorId id = new SectorId(miner, number);
        query.setLong(1, miner);
        query.setLong(2, number);
        try (ResultSet row = query.executeQuery()) {
          row.next();
          String tables = row.getString(1);
          found.read(() -> sector(id, tables));
        }
      }
    }
    return found.reading();
  }

  private Findings sector(SectorId id, String tables) {
    String name = "The row of sector %s in Curio's database at %s".formatted(id, address);
    ObjectNode row = JsonObjects.read(tables.getBytes(StandardCharsets.UTF_8), name);
    if (!row.has("meta") && !row.has("sdr")) {
      throw new SectorStateException(
          "Curio's database at %s does not have the sector %s.".formatted(address, id), null);
    }
    return CurioSector.findings(id, row, name, "curio " + address);
  }

  private static ProblemException explain(Address address, SQLException e) {
    String state = Optional.ofNullable(e.getSQLState()).orElse("");
    if (state.startsWith("28")) {
      return new CurioException(
          "Curio's database at %s refuses user '%s': check the user and the password."
              .formatted(address, address.user()),
          e);
    }
    if (state.equals("3D000")) {
      return new CurioException(
          "There is no database '%s' at %s:%d: give the name of Curio's."
              .formatted(address.database(), String.join(",", address.hosts()), address.port()),
          e);
    }
    String detail =
        Optional.ofNullable(e.getMessage())
            .flatMap(message -> message.lines().findFirst())
            .orElse(state);
    if (state.equals("42P01") || state.equals("42501")) {
      return new SectorStateException(
          "The database at %s has no tables of Curio that user '%s' can read in its schema '%s' (%s): give another schema, database or user."
              .formatted(address, address.user(), address.schema(), detail),
          e);
    }
    return new CurioException(
        "Curio's database at %s cannot be read (%s): check that it runs there."
            .formatted(address, detail),
        e);
  }
}
