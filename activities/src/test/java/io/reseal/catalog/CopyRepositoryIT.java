package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.CheckLevel;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What checks found of copies, in a real MariaDB. */
class CopyRepositoryIT {

  private static final SectorId SECTOR = new SectorId(1001, 7);

  private Catalog catalog;
  private CopyRepository copies;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
    copies = catalog.copies();
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private void check(CheckLevel level, long at, String damage) {
    copies.checked(
        List.of(CopyRow.checked("i", "h", "s", SECTOR, "sealed", level, at, "user" + at, damage)));
  }

  private CopyRow row() {
    return copies.of(SECTOR).get(0);
  }

  /** Fails if a check of a lower level removes the time of a higher one. */
  @Test
  void eachLevelHasTheTimeOfItsOwnLastCheck() {
    check(CheckLevel.SIZES, 1, null);
    assertThat(row())
        .isEqualTo(
            new CopyRow(
                "i", "h", "s", SECTOR, "sealed", 1, "user1", null, null, null, null, null, null,
                null, false, null));
    check(CheckLevel.FULL, 2, null);
    check(CheckLevel.SAMPLE, 3, null);
    check(CheckLevel.SIZES, 4, null);
    assertThat(row())
        .isEqualTo(
            new CopyRow(
                "i", "h", "s", SECTOR, "sealed", 4, "user4", 3L, "user3", 2L, "user2", null, null,
                null, false, null));
  }

  /** Seen to fail when a sample that finds nothing wrong ended what a full check had found. */
  @Test
  void damageStaysUntilACheckOfItsLevelFindsTheCopyRight() {
    check(CheckLevel.SAMPLE, 1, "sampled damage");
    check(CheckLevel.FULL, 2, "read damage");
    assertThat(row().damage()).isEqualTo("read damage");
    assertThat(row().damagedSince()).isEqualTo(1);
    check(CheckLevel.SAMPLE, 3, null);
    assertThat(row().damage()).isEqualTo("read damage");
    assertThat(row().damageLevel()).isEqualTo(CheckLevel.FULL);
    check(CheckLevel.SIZES, 4, "missing");
    assertThat(row().damage()).isEqualTo("missing");
    assertThat(row().damageLevel()).isEqualTo(CheckLevel.FULL);
    check(CheckLevel.SAMPLE, 5, null);
    assertThat(copies.damaged(Optional.empty())).hasSize(1);
    check(CheckLevel.FULL, 6, null);
    assertThat(row().damage()).isNull();
    assertThat(row().damageLevel()).isNull();
    assertThat(row().damagedSince()).isNull();
    assertThat(copies.damaged(Optional.empty())).isEmpty();
  }

  /** Fails if a repair of earlier damage counts for damage that is found later. */
  @Test
  void aRepairBelongsToItsDamage() {
    check(CheckLevel.SAMPLE, 1, "damage");
    copies.repairStarted(SECTOR, 2);
    check(CheckLevel.SAMPLE, 3, "damage");
    assertThat(row().repairAt()).isEqualTo(2);
    check(CheckLevel.SAMPLE, 4, null);
    check(CheckLevel.SAMPLE, 5, "damage again");
    assertThat(row().repairAt()).isNull();
    assertThat(row().damagedSince()).isEqualTo(5);
  }

  @Test
  void damagedCopiesAreFoundByMinerAndStore() {
    SectorId other = new SectorId(1002, 7);
    copies.checked(
        List.of(
            CopyRow.checked("i", "h", "s", SECTOR, "sealed", CheckLevel.SAMPLE, 2, "u", "damage"),
            CopyRow.checked("i", "h", "s", other, "update", CheckLevel.SAMPLE, 1, "u", "damage"),
            CopyRow.checked("j", "h", "t", SECTOR, "sealed", CheckLevel.SAMPLE, 1, "u", null),
            CopyRow.lost("k", "h2", "s", SECTOR, "sealed", 1, "u")));
    assertThat(copies.damaged(Optional.of(1001L)))
        .extracting(CopyRow::storeId)
        .containsExactly("i", "k");
    assertThat(copies.damagedIn("i")).extracting(CopyRow::sector).containsExactly(other, SECTOR);
    assertThat(copies.damagedByStore()).isEqualTo(Map.of("i", 2L, "k", 1L));
    List<String> stores = new ArrayList<>();
    copies.eachOf("j", row -> stores.add(row.store()));
    assertThat(stores).containsExactly("t");
    copies.forget(copies.damagedIn("k").get(0));
    assertThat(copies.damagedIn("k")).isEmpty();
  }

  // Seen to fail: with an unsealed copy among those that tours, scans and repairs of replicas ask
  // for.
  @Test
  void unsealedCopiesAreOnlyShown() {
    copies.checked(
        List.of(
            CopyRow.checked("i", "h", "s", SECTOR, "unsealed", CheckLevel.FULL, 1, "u", "damage"),
            CopyRow.checked("i", "h", "s", SECTOR, "sealed", CheckLevel.FULL, 2, "u", null)));

    assertThat(copies.of(SECTOR)).extracting(CopyRow::replica).contains("sealed", "unsealed");
    assertThat(copies.damaged(Optional.empty()))
        .extracting(CopyRow::replica)
        .containsExactly("unsealed");
    assertThat(copies.damagedByStore()).isEqualTo(Map.of("i", 1L));
    assertThat(copies.damagedIn("i")).isEmpty();
    List<String> replicas = new ArrayList<>();
    copies.eachOf("i", row -> replicas.add(row.replica()));
    copies.eachOfMiner(1001, row -> replicas.add(row.replica()));
    assertThat(replicas).containsExactly("sealed", "sealed");
  }

  /** Fails if each host that shares a store has a copy of its own in the catalog. */
  @Test
  void whatOneHostFindsInASharedStoreCountsForTheOther() {
    check(CheckLevel.SAMPLE, 1, "damage");
    copies.checked(
        List.of(
            CopyRow.checked(
                "i", "other", "t", SECTOR, "sealed", CheckLevel.FULL, 2, "rebuild", null)));
    assertThat(copies.of(SECTOR)).hasSize(1);
    assertThat(row().damage()).isNull();
    assertThat(row().host()).isEqualTo("other");
  }
}
