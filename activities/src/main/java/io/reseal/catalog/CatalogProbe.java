package io.reseal.catalog;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;

/** Examines a catalog without changing it: unlike opening it, this creates no tables. */
public final class CatalogProbe implements AutoCloseable {

  /**
   * A description of a catalog's server.
   *
   * @param server its version, e.g. {@code 11.4.5-MariaDB}
   * @param schema the newest version of the tables, or empty if there are none yet
   * @param wantedSchema the version that this program works with
   * @param newerSchema whether the tables were made by a newer program
   * @param clock the server's clock
   */
  public record Look(
      String server,
      Optional<String> schema,
      String wantedSchema,
      boolean newerSchema,
      Instant clock) {}

  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final CatalogErrors errors;
  private final CatalogSettings settings;

  private CatalogProbe(HikariDataSource pool, CatalogErrors errors, CatalogSettings settings) {
    this.pool = pool;
    this.jdbi = Jdbi.create(pool).installPlugin(new SqlObjectPlugin());
    this.errors = errors;
    this.settings = settings;
  }

  /** Connects; throws a {@link CatalogException} if that fails. */
  public static CatalogProbe connect(CatalogSettings settings) {
    CatalogErrors errors = new CatalogErrors(settings);
    return new CatalogProbe(Catalog.connect(settings, errors), errors, settings);
  }

  public Look look() {
    CatalogSchema.Versions versions = new CatalogSchema(pool, errors, settings).versions();
    try {
      return jdbi.withHandle(
          handle ->
              new Look(
                  handle.createQuery("SELECT VERSION()").mapTo(String.class).one(),
                  versions.present(),
                  versions.wanted(),
                  versions.newer(),
                  Instant.ofEpochMilli(
                      handle.createQuery("SELECT " + DatabaseClock.NOW).mapTo(Long.class).one())));
    } catch (JdbiException e) {
      throw errors.explain(e);
    }
  }

  /** A host's threads as it last reported them; call only if the tables exist. */
  public List<ThreadRow> threads(String host) {
    return new ThreadRepository(new CatalogAccess(jdbi, errors, settings)).ofHost(host);
  }

  /** The catalog's id, if it has one; call only if the tables exist. */
  public Optional<String> identity() {
    return new IdentityRepository(new CatalogAccess(jdbi, errors, settings)).find();
  }

  @Override
  public void close() {
    pool.close();
  }
}
