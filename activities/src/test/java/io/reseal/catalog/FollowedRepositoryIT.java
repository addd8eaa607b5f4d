package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.OnChain;
import io.reseal.contract.OnChain.Status;
import io.reseal.contract.SoftwareAnswer;
import io.reseal.sector.SectorId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was seen of sectors that were put back, in a real MariaDB. */
class FollowedRepositoryIT {

  private static final SectorId SECTOR = new SectorId(1001, 7);

  private Catalog catalog;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private static OnChain seen(Status status, Long nextLook, OnChain.Change... changes) {
    return new OnChain(
        status,
        6155,
        3,
        "what it means",
        "late",
        "recover",
        null,
        nextLook,
        List.of(changes),
        6155L);
  }

  /**
   * Fails if an old answer of the software, or an old time of the next look, stays; or if the time
   * at which a status was first seen does not.
   */
  @Test
  void whatWasSeenLastReplacesWhatWasSeenBefore() {
    OnChain faulty = seen(Status.FAULTY, 70L, new OnChain.Change(Status.FAULTY, 3220));
    SoftwareAnswer answer = SoftwareAnswer.doesNotSee("an old entry", "storage find 7");
    catalog.followed().seen(FollowedRow.of(SECTOR, faulty, answer, 50));
    assertThat(catalog.followed().of(SECTOR))
        .contains(
            new FollowedRow(
                SECTOR,
                Status.FAULTY,
                6155,
                "faulty (epoch 3220)",
                "what it means",
                "late",
                "recover",
                answer,
                50,
                70L,
                3220L,
                50L,
                6155L));

    catalog.followed().seen(FollowedRow.of(SECTOR, faulty, answer, 55));
    assertThat(catalog.followed().of(SECTOR).orElseThrow())
        .extracting(FollowedRow::seenAt, FollowedRow::sinceAt)
        .containsExactly(55L, 50L);

    assertThat(catalog.followed().counts())
        .containsExactly(new FollowedCount(1001, Status.FAULTY, 1, 1, 1));

    catalog.followed().seen(FollowedRow.of(SECTOR, seen(Status.PROVEN, null), null, 60));
    assertThat(catalog.followed().all())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.status()).isEqualTo(Status.PROVEN);
              assertThat(row.software()).isNull();
              assertThat(row.nextLook()).isNull();
              assertThat(row.since()).isEqualTo(6155);
              assertThat(row.sinceAt()).isEqualTo(60);
            });
  }
}
