package io.reseal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.catalog.Catalog;
import io.reseal.catalog.CatalogDatabase;
import io.reseal.catalog.CatalogException;
import io.reseal.catalog.CatalogProbe;
import io.reseal.catalog.CatalogSettings;
import io.reseal.cli.Terminal.Result;
import io.reseal.cli.shell.ExitStatus;
import io.reseal.record.Sectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalog with three users: one that runs, one that changes tables, and one that reads. */
class CatalogUsersIT {

  /** Makes the tables those of an older version, to which all migrations but two can be applied. */
  private static final List<String> OLDER =
      List.of(
          "DROP TABLE host_command", "DELETE FROM flyway_schema_history WHERE installed_rank > 2");

  @TempDir Path home;

  private CatalogSettings owner;
  private CatalogSettings running;
  private Terminal terminal;

  @BeforeEach
  void users() throws Exception {
    owner = CatalogDatabase.fresh();
    running = new CatalogSettings(owner.url(), owner.database() + "_run", "pw");
    terminal = new Terminal(Homes.write(home, "127.0.0.1:1", running));
    Files.writeString(home.resolve("upgrade.password"), "pw");
    Result grants = terminal.run("catalog grants --from 127.0.0.1");
    assertThat(grants.status()).as(grants.err()).isZero();
    CatalogDatabase.execute(
        owner,
        grants
            .out()
            .lines()
            .map(line -> line.replace("-- CREATE", "CREATE").replace("'PASSWORD'", "'pw'"))
            .filter(line -> !line.startsWith("--"))
            .toArray(String[]::new));
  }

  // Catches: a right that the program needs and the grants lack, or tables that the user which
  // only runs makes itself.
  @Test
  void eachUserDoesWhatItIsFor() throws Exception {
    Result refused = terminal.run("sectors list");
    assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(refused.err())
        .contains("user '%s' may not change them".formatted(running.user()))
        .contains("run 'reseal catalog upgrade' as the user that may");
    assertThat(upgrade()).isZero();

    try (Catalog worker = Catalog.open(running);
        CatalogProbe doctor = CatalogProbe.connect(running)) {
      worker.sectors().add(Sectors.empty());
      assertThat(terminal.run("sectors list").out()).contains("s-t01000-2");
      assertThat(doctor.look().schema()).contains(doctor.look().wantedSchema());
    }
    CatalogSettings reading = new CatalogSettings(owner.url(), running.user() + "_read", "pw");
    assertThat(new Terminal(Homes.write(home, "127.0.0.1:1", reading)).run("sectors list").out())
        .contains("s-t01000-2");
    try (Catalog reader = Catalog.use(reading)) {
      assertThatThrownBy(() -> reader.sectors().add(Sectors.empty()))
          .isInstanceOf(CatalogException.class)
          .hasMessageContaining("User '%s' lacks rights".formatted(reading.user()));
    }
  }

  // Catches: a migration that is begun without the rights to end it, whose failure then refuses
  // every user.
  @Test
  void aMigrationThatIsRefusedLeavesNoTrace() {
    assertThat(upgrade()).isZero();
    CatalogDatabase.execute(owner, OLDER.toArray(String[]::new));

    Result refused = terminal.run("catalog upgrade");
    assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
    assertThat(refused.err()).contains("user '%s' may not change them".formatted(running.user()));
    assertThat(terminal.run("sectors list").err())
        .contains("start a worker of this version or run 'reseal catalog upgrade'");

    assertThat(upgrade()).isZero();
    assertThat(terminal.run("sectors list").status()).isZero();
  }

  private int upgrade() {
    return terminal
        .run(
            "catalog upgrade --user %s_upgrade --password-file %s"
                .formatted(running.user(), home.resolve("upgrade.password")))
        .status();
  }
}
