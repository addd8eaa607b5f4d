package io.reseal.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.record.Arithmetic;
import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.Known;
import io.reseal.record.Reading;
import io.reseal.record.RuledOut;
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
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
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
    assertThat(curio("test").read(1001, List.of()).findings())
        .extracting(Findings::id)
        .containsExactly(Sectors.snapped().id(), Sectors.withPieces().id());
    assertThatThrownBy(() -> curio("test").read(7, List.of()))
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

  // Catches: sectors that are not there, or one bad row, that keep all others from being read.
  @Test
  void whatIsNotThereOrCannotBeIsLeftOutAndNamed() throws SQLException {
    execute("UPDATE curio.sectors_meta SET ticket_value = '\\x01' WHERE sector_num = 2");
    Reading reading = curio("test").read(1001, List.of(2L, 3L, 4L));
    assertThat(reading.findings())
        .extracting(Findings::id)
        .containsExactly(Sectors.withPieces().id());
    assertThat(reading.leftOut())
        .hasSize(2)
        .anySatisfy(
            why ->
                assertThat(why)
                    .contains("The row of sector f01001/2", "meta.ticket_value must be 32 bytes"))
        .anySatisfy(why -> assertThat(why).contains("does not have the sector f01001/4."));
  }

  @Test
  void leavesOutARowThatCannotBe() throws SQLException {
    assertRowLeftOut("ticket_value = '\\x01'", "meta.ticket_value must be 32 bytes, not \\x01.");
    assertRowLeftOut("reg_seal_proof = 20", "There is no seal proof of number 20");
    assertRowLeftOut("orig_sealed_cid = 'bagb'", "'bagb' is not the CID of CommR");
  }

  // Catches: a miner of which nothing comes in because some of its rows have the CIDs swapped.
  @Test
  void readsCidsThatAreInEachOthersColumns() throws Exception {
    for (String rows : List.of("swapped-cids.sql", "swapped-cids-undefined.sql")) {
      Map<Long, Findings> found = rows(rows);
      assertThat(found.keySet()).containsExactlyInAnyOrder(2L, 3L);
      Facts facts = found.get(2L).facts();
      assertThat(facts.orNull(Fact.SNAPPED)).isTrue();
      assertThat(facts.orNull(Fact.COMM_R)).isEqualTo(Sectors.snapped().commR());
      assertThat(facts.orNull(Fact.SNAP_COMM_R)).isEqualTo(Sectors.snapped().snap().commR());
      assertThat(facts.orNull(Fact.SNAP_COMM_D)).isNull();
      assertThat(facts.orNull(Fact.SNAP_PIECES)).hasSize(2);
      assertThat(found.get(2L).remarks())
          .containsExactly(
              "meta.cur_unsealed_cid holds a CommR instead of a CommD; the chain has both (reseal"
                  + " import chain).");
    }
  }

  @Test
  void readsBothCidsOfARowWhenEachIsInTheOthersColumn() throws SQLException {
    execute(
        "UPDATE curio.sectors_meta SET orig_sealed_cid = orig_unsealed_cid,"
            + " orig_unsealed_cid = orig_sealed_cid, cur_sealed_cid = cur_unsealed_cid,"
            + " cur_unsealed_cid = cur_sealed_cid");
    Findings found = only(Sectors.snapped());
    assertThat(found.facts().toBuilder().remove(Fact.SNAP_PIECES).build())
        .isEqualTo(
            Sectors.snapped().facts().toBuilder()
                .remove(Fact.SNAP_PIECES)
                .remove(Fact.STANDING)
                .build());
    assertThat(found.remarks()).hasSize(2);
  }

  // Catches: an update whose data Curio never wrote, for which the key would be sealed in vain.
  @Test
  void theCommDOfBeforeIsNotThatOfTheUpdate() throws Exception {
    Findings stale = rows("stale-comm-d.sql").get(2L);
    assertThat(stale.facts().orNull(Fact.SNAP_COMM_R)).isEqualTo(Sectors.snapped().snap().commR());
    assertThat(new Arithmetic(new Known(Optional.empty(), List.of(stale), List.of())).ruledOut())
        .extracting(RuledOut::fact)
        .containsExactly("snap-comm-d");
  }

  // Catches: a sector rebuilt with an update that the chain does not know.
  @Test
  void anUpdateThatHasNotLandedIsLeftOut() throws Exception {
    Findings found = rows("snap-not-landed.sql").get(2L);
    assertThat(found.facts().orNull(Fact.SNAPPED)).isFalse();
    assertThat(found.facts().has(Fact.SNAP_COMM_R)).isFalse();
    assertThat(found.facts().orNull(Fact.PIECES)).isEmpty();
    assertThat(found.facts().orNull(Fact.COMM_R)).isEqualTo(Sectors.snapped().commR());
    assertThat(found.remarks())
        .singleElement()
        .asString()
        .startsWith("It is being snapped, and the update has not landed (Curio's pipeline has sent")
        .contains("bafy2bzaceagchtbllgcvkxxli262axminyridqahgg6pywwkelqautklvjqqa");

    execute(
        "UPDATE curio.sectors_snap_pipeline SET failed = true;"
            + " ALTER TABLE curio.sectors_snap_pipeline ADD failed_reason text DEFAULT 'not-cc'");
    assertThat(only(Sectors.snapped()).remarks())
        .singleElement()
        .asString()
        .contains("pipeline has failed (not-cc)");

    // Landed, but sectors_meta was never updated: what landed is still in the pipeline.
    execute(
        "UPDATE curio.sectors_snap_pipeline SET failed = false, after_prove_msg_success = true;"
            + " UPDATE curio.sectors_meta SET cur_sealed_cid = orig_sealed_cid,"
            + " cur_unsealed_cid = orig_unsealed_cid, has_sector_key = false");
    Facts landed = only(Sectors.snapped()).facts();
    assertThat(landed.orNull(Fact.SNAPPED)).isTrue();
    assertThat(landed.orNull(Fact.SNAP_COMM_R)).isEqualTo(Sectors.snapped().snap().commR());
    assertThat(landed.orNull(Fact.SNAP_COMM_D)).isEqualTo(Sectors.snapped().snap().commD());
  }

  @Test
  void anUpdateThatTheChainDoesNotHaveIsLeftOut() throws Exception {
    rows("snap-not-landed.sql");
    execute(
        "DELETE FROM curio.sectors_snap_pipeline;"
            + " UPDATE curio.sectors_meta SET has_sector_key = false");
    Findings found = only(Sectors.snapped());
    assertThat(found.facts().orNull(Fact.SNAPPED)).isFalse();
    assertThat(found.facts().has(Fact.SNAP_COMM_R)).isFalse();
    assertThat(found.remarks()).singleElement().asString().contains("meta.has_sector_key");
  }

  // Catches: a pre-committed sector that is passed over in silence while its pre-commit lapses.
  @Test
  void aPreCommittedSectorComesInFromThePipeline() throws Exception {
    Findings found = rows("pre-committed.sql").get(9L);
    assertThat(found.facts().orNull(Fact.PROOF_DUE)).isTrue();
    assertThat(found.facts().orNull(Fact.TICKET_EPOCH)).isEqualTo(-872);
    assertThat(found.facts().orNull(Fact.SEED_EPOCH)).isEqualTo(178);
    assertThat(found.facts().has(Fact.SEED)).isFalse();
    assertThat(found.facts().orNull(Fact.COMM_D)).isEqualTo(Sectors.withPieces().commD());
    assertThat(found.facts().orNull(Fact.PIECES))
        .containsExactly(
            new Piece(Sectors.PIECE_1, 512, 0), new Piece(Sectors.PIECE_2, 1024, 1024));
    assertThat(found.facts().orNull(Fact.SNAPPED)).isFalse();
    assertThat(found.remarks()).isEmpty();

    execute("UPDATE curio.sectors_sdr_pipeline SET after_precommit_msg_success = false");
    Findings sent = curio("test").read(1001, List.of(9L)).findings().get(0);
    assertThat(sent.facts().has(Fact.PROOF_DUE)).isFalse();
    assertThat(sent.remarks()).singleElement().asString().contains("has sent its pre-commit");

    execute("UPDATE curio.sectors_sdr_pipeline SET precommit_msg_cid = NULL");
    assertThat(rowsOf(1001).keySet()).containsExactly(3L);
  }

  // Catches: a sector that ended on chain, rebuilt because Curio keeps its row.
  @Test
  void aSectorThatIsNoLongerLiveIsMarked() throws Exception {
    assertThat(rows("stale-comm-d.sql").get(3L).facts().has(Fact.ENDED)).isFalse();
    execute("UPDATE curio.sectors_meta SET is_live = false, msg_cid_commit = NULL");
    Findings ended = only(Sectors.withPieces());
    assertThat(ended.facts().orNull(Fact.ENDED)).isTrue();
    assertThat(ended.facts().orNull(Fact.PROOF_DUE)).isFalse();
    assertThat(ended.remarks()).singleElement().asString().startsWith("It is no longer live");
  }

  // Catches: a sent proof that is counted as landed.
  @Test
  void aProofThatWasSentIsDueUntilItLands() throws Exception {
    rows("pre-committed.sql");
    execute(
        "INSERT INTO curio.sectors_meta SELECT sp_id, 9, reg_seal_proof, ticket_epoch,"
            + " ticket_value, orig_sealed_cid, orig_unsealed_cid, cur_sealed_cid, cur_unsealed_cid,"
            + " msg_cid_precommit, msg_cid_commit, NULL, seed_epoch, seed_value FROM"
            + " curio.sectors_meta WHERE sector_num = 3; UPDATE curio.sectors_sdr_pipeline SET"
            + " commit_msg_cid = 'bafycommit', after_commit_msg = true");
    Findings sent = curio("test").read(1001, List.of(9L)).findings().get(0);
    assertThat(sent.facts().orNull(Fact.PROOF_DUE)).isTrue();
    assertThat(sent.remarks()).singleElement().asString().contains("message bafycommit");

    execute("UPDATE curio.sectors_sdr_pipeline SET after_commit_msg_success = true");
    Findings landed = curio("test").read(1001, List.of(9L)).findings().get(0);
    assertThat(landed.facts().orNull(Fact.PROOF_DUE)).isFalse();
    assertThat(landed.remarks()).isEmpty();
  }

  // Catches: a cluster of which only the last host is asked at Curio's port.
  @Test
  void readsTheFirstHostThatAnswers() throws IOException {
    int port = server.getPort();
    for (String hosts : List.of("127.0.0.1,127.0.0.2", " 127.0.0.2 , 127.0.0.1", "127.0.0.1,")) {
      assertThat(at(hosts, port).read(1001, List.of()).findings()).hasSize(2);
    }
    int nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    assertThatThrownBy(() -> at("127.0.0.1,127.0.0.2", nobody).read(1001, List.of()))
        .isInstanceOf(CurioException.class)
        .hasMessageStartingWith("None of the hosts of Curio's database can be read.")
        .hasMessageContaining("127.0.0.1:%d/postgres cannot be read (".formatted(nobody))
        .hasMessageContaining("127.0.0.2:%d/postgres cannot be read (".formatted(nobody));
    assertThatThrownBy(() -> at(" , ", nobody)).hasMessageContaining("names no host");
  }

  @Test
  void leavesOutPiecesThatCannotBe() throws SQLException {
    execute("UPDATE curio.sectors_meta_pieces SET piece_size = 0");
    assertThat(curio("test").read(1001, List.of(3L)).leftOut())
        .singleElement()
        .asString()
        .contains("pieces[0]: Piece")
        .contains("must be a power of two");
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
                        CurioDatabase.Address.of(
                            "127.0.0.1", server.getPort(), "nope", "curio", "postgres", "secret"))
                    .read(1, List.of()))
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
                        CurioDatabase.Address.of(
                            "127.0.0.1", port, "postgres", "curio", "postgres", "secret"))
                    .read(1, List.of()))
        .isInstanceOf(CurioException.class)
        .hasMessageContaining("cannot be read (")
        .hasMessageNotContaining("secret");
  }

  private void assertRowLeftOut(String change, String message) throws SQLException {
    execute(TABLES);
    sector(Sectors.withPieces());
    execute("UPDATE curio.sectors_meta SET " + change);
    Reading reading = curio("test").read(1001, List.of(3L));
    assertThat(reading.findings()).isEmpty();
    assertThat(reading.leftOut()).singleElement().asString().contains(message);
  }

  private static Findings only(SectorRecord sector) {
    List<Findings> found =
        curio("test").read(sector.id().miner(), List.of(sector.id().number())).findings();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  /** All sectors of a miner in new tables with a healthy one and a script's, by their numbers. */
  private static Map<Long, Findings> rows(String script) throws IOException, SQLException {
    execute(Resources.text("curio/tables.sql") + Resources.text("curio/" + script));
    return rowsOf(1001);
  }

  private static Map<Long, Findings> rowsOf(long miner) {
    Reading reading = curio("test").read(miner, List.of());
    assertThat(reading.leftOut()).isEmpty();
    return reading.findings().stream()
        .collect(Collectors.toMap(found -> found.id().number(), found -> found));
  }

  private static CurioDatabase curio(String password) {
    return new CurioDatabase(
        CurioDatabase.Address.of(
            "127.0.0.1", server.getPort(), "postgres", "curio", "postgres", password));
  }

  private static CurioDatabase at(String hosts, int port) {
    return new CurioDatabase(
        CurioDatabase.Address.of(hosts, port, "postgres", "curio", "postgres", "test"));
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
