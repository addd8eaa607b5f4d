package io.reseal.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.record.Fact;
import io.reseal.record.Findings;
import io.reseal.record.SectorRecord;
import io.reseal.record.Sectors;
import io.reseal.sector.Piece;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Curio's tables in a real PostgreSQL. */
class CurioDatabaseIT {

  private static final String TABLES =
      """
      DROP SCHEMA IF EXISTS curio CASCADE;
      CREATE SCHEMA curio;
      SET search_path TO curio;
      CREATE TABLE sectors_meta (
        sp_id bigint NOT NULL, sector_num bigint NOT NULL, reg_seal_proof int NOT NULL,
        ticket_epoch bigint NOT NULL, ticket_value bytea NOT NULL, orig_sealed_cid text NOT NULL,
        orig_unsealed_cid text NOT NULL, cur_sealed_cid text NOT NULL,
        cur_unsealed_cid text NOT NULL, msg_cid_precommit text, msg_cid_commit text,
        msg_cid_update text, seed_epoch bigint NOT NULL, seed_value bytea NOT NULL,
        expiration_epoch bigint, is_cc bool, PRIMARY KEY (sp_id, sector_num));
      CREATE TABLE sectors_meta_pieces (
        sp_id bigint NOT NULL, sector_num bigint NOT NULL, piece_num bigint NOT NULL,
        piece_cid text NOT NULL, piece_size bigint NOT NULL, requested_keep_data bool NOT NULL,
        raw_data_size bigint, PRIMARY KEY (sp_id, sector_num, piece_num));
      """;

  private static EmbeddedPostgres server;

  @BeforeAll
  static void start() throws IOException {
    server = EmbeddedPostgres.builder().start();
  }

  @AfterAll
  static void stop() throws IOException {
    server.close();
  }

  @BeforeEach
  void tables() throws SQLException {
    execute(TABLES);
    sector(Sectors.empty());
    sector(Sectors.withPieces());
    sector(Sectors.snapped());
  }

  @Test
  void readsEmptyFullAndSnappedSectors() {
    Findings empty = only(Sectors.empty());
    assertThat(empty.facts().orNull(Fact.PIECES)).isNull();
    assertThat(empty.facts().orNull(Fact.COMM_D)).isEqualTo(Sectors.empty().commD());
    assertThat(only(Sectors.withPieces()).facts().toBuilder().remove(Fact.PIECES).build())
        .isEqualTo(Sectors.withPieces().facts().toBuilder().remove(Fact.PIECES).build());
    assertThat(only(Sectors.snapped()).facts().toBuilder().remove(Fact.SNAP_PIECES).build())
        .isEqualTo(
            Sectors.snapped().facts().toBuilder()
                .remove(Fact.SNAP_PIECES)
                .remove(Fact.STANDING)
                .build());
  }

  /** Seen to catch pieces laid end to end: the second begins at its own alignment. */
  @Test
  void laysPiecesWithoutFillersAtTheirAlignment() {
    assertThat(only(Sectors.withPieces()).facts().orNull(Fact.PIECES))
        .containsExactly(
            new Piece(Sectors.PIECE_1, 512, 0), new Piece(Sectors.PIECE_2, 1024, 1024));
  }

  @Test
  void readsAllSectorsOfAMiner() {
    assertThat(curio("test").findings(1001, List.of()))
        .extracting(Findings::id)
        .containsExactly(Sectors.snapped().id(), Sectors.withPieces().id());
    assertThatThrownBy(() -> curio("test").findings(7, List.of()))
        .hasMessageContaining("has no sector of the miner f07");
  }

  /** Newer versions say it outright: a sector snapped to zeros keeps its CommR. */
  @Test
  void goesByTheColumnThatSaysWhetherASectorWasSnapped() throws SQLException {
    execute(
        "SET search_path TO curio;"
            + " ALTER TABLE sectors_meta ADD COLUMN has_sector_key bool NOT NULL DEFAULT false;"
            + " UPDATE sectors_meta SET has_sector_key = true WHERE sp_id = 1000;");
    Findings zeros = only(Sectors.empty());
    assertThat(zeros.facts().orNull(Fact.SNAPPED)).isTrue();
    assertThat(zeros.facts().orNull(Fact.SNAP_COMM_R)).isEqualTo(zeros.facts().orNull(Fact.COMM_R));
  }

  @Test
  void saysWhichSectorsAreNotThereAndTakesNone() {
    assertThatThrownBy(() -> curio("test").findings(1001, List.of(3L, 4L, 5L)))
        .isInstanceOf(SectorStateException.class)
        .hasMessageContaining("does not have the sectors f01001/4, f01001/5; nothing was imported");
  }

  @Test
  void refusesARowThatCannotBe() throws SQLException {
    assertRowRefused("ticket_value = '\\x01'", "meta.ticket_value must be 32 bytes, not \\x01.");
    assertRowRefused("reg_seal_proof = 20", "There is no seal proof of number 20");
    assertRowRefused("orig_sealed_cid = 'b'", "'b' is not the CID of CommR");
  }

  @Test
  void refusesPiecesThatCannotBe() throws SQLException {
    execute("UPDATE curio.sectors_meta_pieces SET piece_size = 0");
    assertThatThrownBy(() -> only(Sectors.withPieces()))
        .hasMessageContaining("pieces[0]: Piece")
        .hasMessageContaining("must be a power of two");
  }

  /** Seen to catch a connection that may write. */
  @Test
  void onlyReads() throws SQLException {
    execute(
        "SET search_path TO curio;"
            + " CREATE FUNCTION meddle() RETURNS bigint LANGUAGE sql VOLATILE AS"
            + " 'DELETE FROM curio.sectors_meta WHERE sp_id = 1000 RETURNING sp_id';"
            + " ALTER TABLE sectors_meta RENAME TO hidden;"
            + " CREATE VIEW sectors_meta AS SELECT hidden.*, meddle() AS meddled FROM hidden;");
    assertThatThrownBy(() -> only(Sectors.withPieces()))
        .hasMessageContaining("read-only transaction");
  }

  @Test
  void saysWhyTheDatabaseCannotBeRead() throws IOException, SQLException {
    execute("DROP SCHEMA curio CASCADE");
    assertThatThrownBy(() -> only(Sectors.withPieces()))
        .isInstanceOf(SectorStateException.class)
        .hasMessageContaining("has no tables of Curio that user 'postgres' can read");
    assertThatThrownBy(
            () ->
                new CurioDatabase(
                        new CurioDatabase.Address(
                            "127.0.0.1", server.getPort(), "nope", "curio", "postgres", "secret"))
                    .findings(1, List.of()))
        .isInstanceOf(CurioException.class)
        .hasMessageContaining("There is no database 'nope'")
        .hasMessageNotContaining("secret");
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    assertThatThrownBy(
            () ->
                new CurioDatabase(
                        new CurioDatabase.Address(
                            "127.0.0.1", port, "postgres", "curio", "postgres", "secret"))
                    .findings(1, List.of()))
        .isInstanceOf(CurioException.class)
        .hasMessageContaining("cannot be read (")
        .hasMessageNotContaining("secret");
  }

  private void assertRowRefused(String change, String message) throws SQLException {
    execute(TABLES);
    sector(Sectors.withPieces());
    execute("UPDATE curio.sectors_meta SET " + change);
    assertThatThrownBy(() -> only(Sectors.withPieces()))
        .isInstanceOf(SectorStateException.class)
        .hasMessageContaining(message);
  }

  private static Findings only(SectorRecord sector) {
    List<Findings> found =
        curio("test").findings(sector.id().miner(), List.of(sector.id().number()));
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private static CurioDatabase curio(String password) {
    return new CurioDatabase(
        new CurioDatabase.Address(
            "127.0.0.1", server.getPort(), "postgres", "curio", "postgres", password));
  }

  private static void sector(SectorRecord sector) throws SQLException {
    String commR = sector.snap() == null ? sector.commR() : sector.snap().commR();
    String commD = sector.snap() == null ? sector.commD() : sector.snap().commD();
    execute(
        """
        INSERT INTO curio.sectors_meta VALUES (%d, %d, %d, %d, '\\x%s', '%s', '%s', '%s', '%s',
          'bafy2bzaceaj', 'bafy2bzacedh', NULL, %d, '\\x%s', NULL, NULL)
        """
            .formatted(
                sector.id().miner(),
                sector.id().number(),
                sector.proof().number(),
                sector.ticket().epoch(),
                sector.ticket().value(),
                sector.commR(),
                sector.commD(),
                commR,
                commD,
                sector.seed().epoch(),
                sector.seed().value()));
    List<Piece> pieces = sector.snap() == null ? sector.pieces() : sector.snap().pieces();
    for (int index = 0; index < pieces.size(); index++) {
      Piece piece = pieces.get(index);
      if (!piece.isZero()) {
        execute(
            "INSERT INTO curio.sectors_meta_pieces VALUES (%d, %d, %d, '%s', %d, true, NULL)"
                .formatted(
                    sector.id().miner(), sector.id().number(), index, piece.cid(), piece.size()));
      }
    }
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
