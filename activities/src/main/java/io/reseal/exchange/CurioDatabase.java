package io.reseal.exchange;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Findings;
import io.reseal.sector.SectorId;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.postgresql.Driver;

/** The sectors in Curio's database, read over the PostgreSQL protocol and never written. */
public final class CurioDatabase {

  /**
   * Where the database is.
   *
   * @param schema the schema that Curio's tables are in
   */
  public record Address(
      String host, int port, String database, String schema, String user, String password) {

    /** For people: without the password. */
    @Override
    public String toString() {
      return "%s:%d/%s".formatted(host, port, database);
    }
  }

  /** Rows as JSON: columns that this version of Curio lacks are then merely absent. */
  private static final String SECTORS =
      """
      SELECT to_jsonb(meta)::text AS facts,
        (SELECT jsonb_agg(to_jsonb(piece) ORDER BY piece.piece_num)::text
          FROM sectors_meta_pieces piece
          WHERE piece.sp_id = meta.sp_id AND piece.sector_num = meta.sector_num) AS pieces
      FROM sectors_meta meta
      WHERE sp_id = ? AND sector_num = ?
      """;

  private static final String ALL =
      "SELECT sector_num FROM sectors_meta WHERE sp_id = ? ORDER BY sector_num";
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
  public List<Findings> findings(long miner, List<Long> numbers) {
    try (Connection connection = connect()) {
      List<Long> wanted = numbers.isEmpty() ? all(connection, miner) : numbers;
      if (wanted.isEmpty()) {
        throw new SectorStateException(
            "Curio's database at %s has no sector of the miner f0%d.".formatted(address, miner),
            null);
      }
      return read(connection, miner, wanted);
    } catch (SQLException e) {
      throw explain(e);
    }
  }

  private Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", address.user());
    properties.setProperty("password", address.password());
    properties.setProperty("connectTimeout", CONNECT_SECONDS);
    properties.setProperty("loginTimeout", CONNECT_SECONDS);
    properties.setProperty("socketTimeout", ANSWER_SECONDS);
    properties.setProperty("currentSchema", address.schema());
    properties.setProperty("ApplicationName", "reseal");
    properties.setProperty("readOnly", "true");
    String url =
        "jdbc:postgresql://%s:%d/%s".formatted(address.host(), address.port(), address.database());
    Connection connection = new Driver().connect(url, properties);
    if (connection == null) {
      throw new SectorStateException(
          "'%s' is not an address of Curio's database: give a host and a name without slashes."
              .formatted(address),
          null);
    }
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    return connection;
  }

  private static List<Long> all(Connection connection, long miner) throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(ALL)) {
      query.setLong(1, miner);
      List<Long> numbers = new ArrayList<>();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          numbers.add(rows.getLong(1));
        }
      }
      return numbers;
    }
  }

  private List<Findings> read(Connection connection, long miner, List<Long> numbers)
      throws SQLException {
    List<Findings> found = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    try (PreparedStatement query = connection.prepareStatement(SECTORS)) {
      for (long number : numbers) {
        SectorId id = new SectorId(miner, number);
        query.setLong(1, miner);
        query.setLong(2, number);
        try (ResultSet row = query.executeQuery()) {
          if (row.next()) {
            found.add(sector(id, row.getString("facts"), row.getString("pieces")));
          } else {
            absent.add(id.toString());
          }
        }
      }
    }
    if (!absent.isEmpty()) {
      throw new SectorStateException(
          "Curio's database at %s does not have the sectors %s; nothing was imported."
              .formatted(address, String.join(", ", absent)),
          null);
    }
    return found;
  }

  private Findings sector(SectorId id, String facts, String pieces) {
    String name = "The row of sector %s in Curio's database at %s".formatted(id, address);
    ObjectNode row =
        JsonObjects.read(
            "{\"meta\":%s,\"pieces\":%s}"
                .formatted(facts, Optional.ofNullable(pieces).orElse("[]"))
                .getBytes(StandardCharsets.UTF_8),
            name);
    return CurioSector.findings(id, row, name, "curio " + address);
  }

  private RuntimeException explain(SQLException e) {
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
              .formatted(address.database(), address.host(), address.port()),
          e);
    }
    if (state.equals("42P01") || state.equals("42501")) {
      return new SectorStateException(
          "The database at %s has no tables of Curio that user '%s' can read in its schema '%s': give another schema, database or user."
              .formatted(address, address.user(), address.schema()),
          e);
    }
    return new CurioException(
        "Curio's database at %s cannot be read (%s): check that it runs there."
            .formatted(
                address,
                Optional.ofNullable(e.getMessage())
                    .flatMap(message -> message.lines().findFirst())
                    .orElse(state)),
        e);
  }
}
