package io.reseal.config;

import io.reseal.contract.Timings;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * An installation's {@code reseal.toml}: where its services are, and how long its rebuilds wait.
 *
 * @param home the directory the file is in
 * @param temporal the Temporal server
 * @param catalog the sector catalog's database
 * @param timings the timings that rebuilds are started with
 * @param chain the chain's clock, and the nodes to query
 * @param miners the software that proves each miner's sectors, as far as it is configured
 */
public record Installation(
    Path home,
    Temporal temporal,
    Catalog catalog,
    Timings timings,
    ChainSettings chain,
    Map<Long, MinerSettings> miners) {

  public static final String FILE = "reseal.toml";

  /** The variable that names the profile of the file to use, if it is not the file's own tables. */
  public static final String PROFILE = "RESEAL_PROFILE";

  /**
   * {@code [temporal]}.
   *
   * @param address host and port of the frontend
   * @param namespace the namespace rebuilds live in
   * @param ui base URL of the Web UI without a slash at the end, if there is one
   * @param profile the profile of Temporal's own client settings that has its keys, if one is named
   */
  public record Temporal(
      String address, String namespace, Optional<String> ui, Optional<String> profile) {

    /** With the client settings of the environment. */
    public Temporal(String address, String namespace) {
      this(address, namespace, Optional.empty(), Optional.empty());
    }

    /** Another namespace of the same server. */
    public Temporal inNamespace(String other) {
      return new Temporal(address, other, ui, profile);
    }
  }

  /**
   * {@code [catalog]}.
   *
   * @param url JDBC URL of the database, without secrets
   * @param user database user
   * @param password its password, empty if it has none
   * @param connections how many connections a process has at most
   */
  public record Catalog(String url, String user, String password, int connections) {

    /** Few, because each is a thread of the server, and a fleet has many workers. */
    public static final int USUAL_CONNECTIONS = 4;

    /** Some reports are read row by row while the same process asks for more. */
    static final int LEAST_CONNECTIONS = 2;

    /** Without the password, because records are printed into logs. */
    @Override
    public String toString() {
      return "Catalog[url=%s, user=%s]".formatted(url, user);
    }
  }

  /** The home directory: the option, else {@code RESEAL_HOME}, else {@code ~/.reseal}. */
  public static Path home(Optional<Path> option, Map<String, String> env) {
    Path home =
        option
            .or(() -> InstallationReader.variable(env, "RESEAL_HOME").map(Path::of))
            .orElseGet(() -> userHome(env).resolve(".reseal"));
    return home.toAbsolutePath().normalize();
  }

  private static Path userHome(Map<String, String> env) {
    return Path.of(
        InstallationReader.variable(env, "HOME").orElseGet(() -> System.getProperty("user.home")));
  }

  /**
   * Reads the installation of a home directory; {@code TEMPORAL_ADDRESS}, {@code
   * TEMPORAL_NAMESPACE}, {@code RESEAL_CATALOG_URL}, {@code RESEAL_CATALOG_USER}, {@code
   * RESEAL_CATALOG_PASSWORD} and {@code FULLNODE_API_INFO} override the file. {@code
   * RESEAL_PROFILE} chooses a profile in it; what a profile sets, they must not set otherwise.
   */
  public static Installation load(Path home, Map<String, String> env) {
    return InstallationReader.read(home, env);
  }
}
