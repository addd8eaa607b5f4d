package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reseal.catalog.CatalogException.Reason;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Looking at a catalog without changing it. */
class CatalogProbeIT {

  // Seen to fail: with a probe that opens the catalog.
  @Test
  void anEmptyDatabaseHasNoTablesBeforeAndAfter() throws SQLException {
    CatalogSettings settings = CatalogDatabase.fresh();
    try (CatalogProbe probe = CatalogProbe.connect(settings)) {
      CatalogProbe.Look look = probe.look();
      assertThat(look.schema()).isEmpty();
      assertThat(look.newerSchema()).isFalse();
      assertThat(look.server()).contains("MariaDB");
      assertThat(look.clock()).isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
    }
    try (Connection connection = CatalogDatabase.connect(settings);
        ResultSet tables =
            connection.getMetaData().getTables(settings.database(), null, "%", null)) {
      assertThat(tables.next()).isFalse();
    }
  }

  @Test
  void aCatalogThatIsUpToDateAndOneOfANewerProgramAreTold() {
    CatalogSettings settings = CatalogDatabase.fresh();
    Catalog.open(settings).close();
    try (CatalogProbe probe = CatalogProbe.connect(settings)) {
      CatalogProbe.Look look = probe.look();
      assertThat(look.schema()).contains(look.wantedSchema());
      assertThat(probe.threads("host-a")).isEqualTo(List.of());
      CatalogDatabase.execute(
          settings,
          "INSERT INTO flyway_schema_history SELECT 998, '29991230', 'later', 'SQL',"
              + " 'V29991230__later.sql', 1, 'x', NOW(), 1, 1");
      assertThat(probe.look().newerSchema()).as("one that only adds something").isFalse();
      CatalogDatabase.execute(
          settings,
          "INSERT INTO flyway_schema_history SELECT 999, '29991231', 'remove later', 'SQL',"
              + " 'V29991231__remove_later.sql', 1, 'x', NOW(), 1, 1");
      assertThat(probe.look().newerSchema()).isTrue();
    }
  }

  @Test
  void aDatabaseThatIsNotThereIsTold() {
    assertThatThrownBy(() -> CatalogProbe.connect(CatalogDatabase.absent()))
        .isInstanceOfSatisfying(
            CatalogException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NO_DATABASE));
  }
}
