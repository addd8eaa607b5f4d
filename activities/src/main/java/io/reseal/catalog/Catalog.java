package io.reseal.catalog;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.SerializableTransactionRunner;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;

/**
 * The permanent record of sectors, rebuild runs and sealing threads, in a MariaDB database. Safe
 * for use by several threads and several processes at a time.
 */
public final class Catalog implements AutoCloseable {

  private static final long CONNECTION_TIMEOUT_MILLIS = 5_000;

  /** What a burst has opened is closed soon, because all workers share the server's connections. */
  private static final long IDLE_MILLIS = 60_000;

  /**
   * Longer than any query; a connection whose other end is gone must not block its user forever.
   */
  private static final int SOCKET_TIMEOUT_MILLIS = 60_000;

  private final HikariDataSource pool;
  private final Jdbi jdbi;
  private final CatalogErrors errors;
  private final SectorRepository sectors;
  private final RunRepository runs;
  private final ThreadRepository threads;
  private final ProofRepository proofs;
  private final FleetStateRepository fleetState;
  private final HostRepository hosts;
  private final WorkerLeaseRepository workerLeases;
  private final StoreRepository stores;
  private final HostCommandRepository hostCommands;
  private final BatchRepository batches;
  private final FindingRepository findings;
  private final ScratchRepository scratch;
  private final RootsRepository roots;
  private final CopyRepository copies;
  private final LossRepository losses;
  private final FollowedRepository followed;
  private final IdentityRepository identity;

  private Catalog(HikariDataSource pool, CatalogErrors errors, CatalogSettings settings) {
    this.pool = pool;
    this.errors = errors;
    this.jdbi = Jdbi.create(pool).installPlugin(new SqlObjectPlugin());
    // Repeats a transaction that MariaDB rolled back in favour of another one (SQL state 40001).
    jdbi.setTransactionHandler(new SerializableTransactionRunner());
    CatalogAccess access = new CatalogAccess(jdbi, errors, settings);
    this.sectors = new SectorRepository(access);
    this.runs = new RunRepository(access);
    this.threads = new ThreadRepository(access);
    this.proofs = new ProofRepository(access);
    this.fleetState = new FleetStateRepository(access);
    this.hosts = new HostRepository(access);
    this.workerLeases = new WorkerLeaseRepository(access);
    this.stores = new StoreRepository(access);
    this.hostCommands = new HostCommandRepository(access);
    this.batches = new BatchRepository(access);
    this.findings = new FindingRepository(access);
    this.scratch = new ScratchRepository(access);
    this.roots = new RootsRepository(access);
    this.copies = new CopyRepository(access);
    this.losses = new LossRepository(access);
    this.followed = new FollowedRepository(access);
    this.identity = new IdentityRepository(access);
  }

  /** Connects and brings the tables up to date: for workers and the embedded installation. */
  public static Catalog open(CatalogSettings settings) {
    return connect(settings, CatalogSchema::bringUpToDate);
  }

  /** Connects to tables that are up to date: for commands, which migrate nothing. */
  public static Catalog use(CatalogSettings settings) {
    return connect(settings, CatalogSchema::requireUsable);
  }

  /** The version of the tables that this program works with; connects to nothing. */
  public static String schema() {
    return Migrations.newest();
  }

  /** Has the use of the connections measured: how many there are, and how long each is used. */
  public void measuredBy(MeterRegistry registry) {
    pool.setMetricRegistry(registry);
  }

  private static Catalog connect(CatalogSettings settings, Consumer<CatalogSchema> check) {
    CatalogErrors errors = new CatalogErrors(settings);
    HikariDataSource pool = connect(settings, errors);
    try {
      check.accept(new CatalogSchema(pool, errors, settings));
      return new Catalog(pool, errors, settings);
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  static HikariDataSource connect(CatalogSettings settings, CatalogErrors errors) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("catalog");
    config.setJdbcUrl(settings.url());
    config.setUsername(settings.user());
    config.setPassword(settings.password());
    config.setMaximumPoolSize(settings.connections());
    config.setMinimumIdle(1);
    config.setIdleTimeout(IDLE_MILLIS);
    config.setConnectionTimeout(CONNECTION_TIMEOUT_MILLIS);
    config.addDataSourceProperty("socketTimeout", SOCKET_TIMEOUT_MILLIS);
    // Strict: a value that does not fit its column is an error, never truncated.
    config.setConnectionInitSql(
        "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION'");
    try {
      return new HikariDataSource(config);
    } catch (PoolInitializationException e) {
      throw errors.explain(e);
    }
  }

  /** Throws unless the database answers now. */
  public void check() {
    try {
      jdbi.useHandle(handle -> handle.execute("DO 1"));
    } catch (JdbiException e) {
      throw errors.explain(e);
    }
  }

  public SectorRepository sectors() {
    return sectors;
  }

  public RunRepository runs() {
    return runs;
  }

  public ThreadRepository threads() {
    return threads;
  }

  public ProofRepository proofs() {
    return proofs;
  }

  public WorkerLeaseRepository workerLeases() {
    return workerLeases;
  }

  public FleetStateRepository fleetState() {
    return fleetState;
  }

  public HostRepository hosts() {
    return hosts;
  }

  public StoreRepository stores() {
    return stores;
  }

  public HostCommandRepository hostCommands() {
    return hostCommands;
  }

  public BatchRepository batches() {
    return batches;
  }

  public FindingRepository findings() {
    return findings;
  }

  public ScratchRepository scratch() {
    return scratch;
  }

  public RootsRepository roots() {
    return roots;
  }

  public CopyRepository copies() {
    return copies;
  }

  public LossRepository losses() {
    return losses;
  }

  public FollowedRepository followed() {
    return followed;
  }

  public IdentityRepository identity() {
    return identity;
  }

  @Override
  public void close() {
    pool.close();
  }
}
