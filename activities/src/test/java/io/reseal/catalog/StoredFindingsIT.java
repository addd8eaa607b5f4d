package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.RecordBuilder;
import io.reseal.record.SectorRecord;
import io.reseal.record.Sectors;
import io.reseal.record.Standing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that the first version with these tables has written, loaded by this one. */
class StoredFindingsIT {

  private CatalogSettings settings;
  private Catalog catalog;

  @BeforeEach
  void open() {
    settings = CatalogDatabase.migrated();
    catalog = Catalog.open(settings);
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void findingsLoadUnchanged() throws IOException {
    List<String> rows = storedRows();
    SectorRecord empty = Sectors.empty();
    store(1001, 3, "damocles /import/one.json", rows.get(0));
    store(1001, 2, "chain", rows.get(1));
    store(1000, 2, "sealer-recover f", rows.get(2));
    store(1000, 2, "damocles x", rows.get(3));

    assertThat(catalog.findings().of(Sectors.withPieces().id()).findings())
        .containsExactly(
            new Findings(
                Sectors.withPieces().id(),
                "damocles /import/one.json",
                Sectors.withPieces().facts()));
    assertThat(catalog.findings().of(Sectors.snapped().id()).findings())
        .containsExactly(new Findings(Sectors.snapped().id(), "chain", Sectors.snapped().facts()));
    assertThat(catalog.findings().of(empty.id()).findings())
        .containsExactly(
            new Findings(
                empty.id(),
                "damocles x",
                empty.facts().toBuilder()
                    .put(Fact.PROOF_DUE, true)
                    .put(Fact.SNAPPED, true)
                    .put(Fact.SNAP_COMM_R, empty.commR())
                    .put(Fact.STANDING, new Standing(null, 5L, null, null, null, 7))
                    .put(Fact.RECORD_JSON, "{\"ID\":1}")
                    .build()),
            new Findings(
                empty.id(),
                "sealer-recover f",
                Facts.builder()
                    .put(Fact.PROOF_TYPE, empty.proof())
                    .put(Fact.TICKET, empty.ticket().value())
                    .put(Fact.COMM_R, empty.commR())
                    .build(),
                List.of("A remark.")));
  }

  @Test
  void aRecordLoadsUnchanged() {
    SectorRecord snapped = Sectors.snapped();
    CatalogDatabase.execute(
        settings,
        """
        INSERT INTO sector (miner, number, proof, ticket, ticket_epoch, seed, seed_epoch, proof_due,
          comm_d, comm_r, snap_comm_d, snap_comm_r, activation, expiration, deadline_index,
          partition_index, faulty, standing_as_of, source, merged, record_json, created_at, updated_at)
        VALUES (1001, 2, 'StackedDrg2KiBV1_1',
          'd21312d80dbe0d537d2099d8da8de374b3d7329e0a6f3e28f047adb11cd0773f', -879,
          '5f56f69f7db68a358f46955da69616eaa2bae5e81cdb9083e0a8414962d826bc', 38, FALSE,
          '%s', '%s', '%s', '%s', 58, 1549461, 1, 0, FALSE, 1200, 'chain, test', TRUE, '{"ID":1}',
          1700000000000, 1700000000000)
        """
            .formatted(
                snapped.commD(), snapped.commR(), snapped.snap().commD(), snapped.snap().commR()),
        """
        INSERT INTO sector_piece (miner, number, of_update, ordinal, cid, size, offset_bytes)
        VALUES (1001, 2, TRUE, 0, '%s', 1024, 0), (1001, 2, TRUE, 1, '%s', 512, 1024),
          (1001, 2, TRUE, 2, '%s', 512, 1536)
        """
            .formatted(Sectors.PIECE_3, Sectors.PIECE_4, snapped.snap().pieces().get(2).cid()));
    assertThat(catalog.sectors().find(snapped.id()))
        .contains(
            RecordBuilder.of(snapped)
                .source("chain, test")
                .with(Fact.RECORD_JSON, "{\"ID\":1}")
                .build());
  }

  private static List<String> storedRows() throws IOException {
    try (InputStream file =
        StoredFindingsIT.class.getResourceAsStream("/catalog/findings-as-first-stored.jsonl")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  private void store(long miner, long number, String source, String facts) {
    CatalogDatabase.execute(
        settings,
        """
        INSERT INTO sector_finding (miner, number, source, facts, taken_at)
        VALUES (%d, %d, '%s', '%s', 1700000000000)
        """
            .formatted(miner, number, source, facts.replace("\\", "\\\\")));
  }
}
