package io.reseal.config;

import io.reseal.contract.Names;
import io.reseal.contract.Timings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An installation's {@code reseal.toml}: where its services are and how patient its rebuilds are.
 *
 * @param home the directory the file lies in
 * @param temporal the Temporal server
 * @param catalog the sector catalog's database
 * @param timings what rebuilds are started with
 * @param chain the chain's clock, and whom it is asked of
 */
public record Installation(
    Path home, Temporal temporal, Catalog catalog, Timings timings, Chain chain) {

  public static final String FILE = "reseal.toml";

  /**
   * {@code [temporal]}.
   *
   * @param address host and port of the frontend
   * @param namespace the namespace rebuilds live in
   * @param ui base URL of the Web UI without a slash at the end, if there is one
   */
  public record Temporal(String address, String namespace, Optional<String> ui) {}

  /**
   * {@code [catalog]}.
   *
   * @param url JDBC URL of the database, without secrets
   * @param user database user
   * @param password its password, empty if it has none
   */
  public record Catalog(String url, String user, String password) {

    /** Leaves the password out: records are printed into logs. */
    @Override
    public String toString() {
      return "Catalog[url=%s, user=%s]".formatted(url, user);
    }
  }

  /**
   * {@code [chain]}.
   *
   * @param genesis when height 0 began
   * @param epoch how long a height lasts
   * @param nodes whom the chain is asked of, in this order; empty where nobody is
   * @param requestsPerSecond how often one node is asked at most
   * @param timeout how long an answer may take
   */
  public record Chain(
      Instant genesis,
      Duration epoch,
      List<NodeAddress> nodes,
      int requestsPerSecond,
      Duration timeout) {

    public static final int REQUESTS_PER_SECOND = 100;
    public static final Duration TIMEOUT = Duration.ofMinutes(1);

    public Chain {
      nodes = List.copyOf(nodes);
    }

    /** A chain of which only the clock is known. */
    public Chain(Instant genesis, Duration epoch) {
      this(genesis, epoch, List.of(), REQUESTS_PER_SECOND, TIMEOUT);
    }

    /** Filecoin's main network. */
    public static Chain mainnet() {
      return new Chain(Instant.parse("2020-08-24T22:00:00Z"), Duration.ofSeconds(30));
    }

    /** The year 9999: a height after it is no height. */
    private static final long LAST = Instant.parse("9999-12-31T00:00:00Z").toEpochMilli();

    /** Epoch milliseconds when a height begins; empty where no calendar has that day. */
    public Optional<Long> millisOf(long height) {
      try {
        long at =
            Math.addExact(
                genesis.toEpochMilli(), Math.multiplyExact(epoch.toMillis(), Math.max(0, height)));
        return at <= LAST ? Optional.of(at) : Optional.empty();
      } catch (ArithmeticException e) {
        return Optional.empty();
      }
    }
  }

  private static final String FULLNODE_API_INFO = "FULLNODE_API_INFO";
  private static final Pattern ADDRESS =
      Pattern.compile("(?:[^\\s/:]+|\\[[0-9a-fA-F:]+\\]):(\\d{1,5})");
  private static final Pattern WEB_URL = Pattern.compile("(?i)https?://[^\\s/?#]+(/[^\\s?#]*)?");
  private static final Pattern SECRET_IN_URL = Pattern.compile("(?i)[?&]password=|://[^/]*@");

  /** The home directory: the option, else {@code RESEAL_HOME}, else {@code ~/.reseal}. */
  public static Path home(Optional<Path> option, Map<String, String> env) {
    Path home =
        option
            .or(() -> variable(env, "RESEAL_HOME").map(Path::of))
            .orElseGet(
                () ->
                    Path.of(
                        variable(env, "HOME").orElseGet(() -> System.getProperty("user.home")),
                        ".reseal"));
    return home.toAbsolutePath().normalize();
  }

  /** Reads the installation of a home directory with this process' environment. */
  public static Installation load(Path home) {
    return load(home, System.getenv());
  }

  /**
   * Reads the installation of a home directory; {@code TEMPORAL_ADDRESS}, {@code
   * TEMPORAL_NAMESPACE}, {@code RESEAL_CATALOG_URL}, {@code RESEAL_CATALOG_USER}, {@code
   * RESEAL_CATALOG_PASSWORD} and {@code FULLNODE_API_INFO} go before the file.
   */
  public static Installation load(Path home, Map<String, String> env) {
    Path path = home.toAbsolutePath().normalize().resolve(FILE);
    if (!Files.exists(path)) {
      throw new ConfigException(
          ("No installation in %s: start one with `reseal up --home %s`, or copy config/reseal.toml"
                  + " there and set the addresses.")
              .formatted(home, home));
    }
    TomlFile file = TomlFile.read(path);
    Temporal temporal = temporal(file, file.root().section("temporal"), env);
    Catalog catalog = catalog(file, file.root().section("catalog"), env);
    Timings timings = timings(file, file.root().section("rebuild"));
    Chain chain = chain(file, file.root().section("chain"), env);
    file.finish();
    return new Installation(path.getParent(), temporal, catalog, timings, chain);
  }

  private static Temporal temporal(TomlFile file, TomlSection section, Map<String, String> env) {
    String address =
        required(file, section, "address", "TEMPORAL_ADDRESS", env, Installation::checkAddress);
    String namespace =
        setting(file, section, "namespace", "TEMPORAL_NAMESPACE", env, Installation::checkWord)
            .orElse(Names.NAMESPACE);
    return new Temporal(address, namespace, section.parsed("ui", Installation::checkWebUrl));
  }

  private static Catalog catalog(TomlFile file, TomlSection section, Map<String, String> env) {
    String url =
        required(file, section, "url", "RESEAL_CATALOG_URL", env, Installation::checkJdbcUrl);
    String user =
        setting(file, section, "user", "RESEAL_CATALOG_USER", env, Installation::checkWord)
            .orElse("reseal");
    if (section.accept("password")) {
      file.fault(
          section.where("password")
              + " would lie open there; set RESEAL_CATALOG_PASSWORD, or put it into a file of its"
              + " own and name that by `password_file`.");
    }
    Optional<String> passwordFile = section.string("password_file");
    String password =
        variable(env, "RESEAL_CATALOG_PASSWORD")
            .or(() -> passwordFile.map(name -> readPassword(file, section, name)))
            .orElse("");
    return new Catalog(url, user, password);
  }

  private static String readPassword(TomlFile file, TomlSection section, String name) {
    return readSecret(
        file,
        name,
        "%s names %s, which cannot be read; create it with the password in it, or set RESEAL_CATALOG_PASSWORD."
            .formatted(section.where("password_file"), name));
  }

  private static String readSecret(TomlFile file, String name, String fault) {
    try {
      return Files.readString(file.path().resolveSibling(name)).strip();
    } catch (IOException | IllegalArgumentException e) {
      file.fault(fault);
      return "";
    }
  }

  private static Timings timings(TomlFile file, TomlSection section) {
    Timings standard = Timings.standard();
    Timings timings =
        new Timings(
            wait(section, "heartbeat", standard.heartbeat()),
            wait(section, "host_grace", standard.hostGrace()),
            wait(section, "retry_first", standard.retryFirst()),
            wait(section, "retry_most", standard.retryMost()),
            section.count("attempts", 1).orElse(standard.attempts()),
            wait(section, "park_retry", standard.parkRetry()));
    if (timings.retryMost().compareTo(timings.retryFirst()) < 0) {
      file.fault(
          "`rebuild.retry_most` in %s is shorter than `rebuild.retry_first`; make it at least as long."
              .formatted(file.path()));
    }
    return timings;
  }

  private static Chain chain(TomlFile file, TomlSection section, Map<String, String> env) {
    Chain mainnet = Chain.mainnet();
    List<NodeAddress> ofFile =
        section.sections("node").stream().flatMap(node -> node(file, node).stream()).toList();
    return new Chain(
        section.parsed("genesis", Installation::checkTime).orElse(mainnet.genesis()),
        wait(section, "epoch_duration", mainnet.epoch()),
        variable(env, FULLNODE_API_INFO).map(text -> nodes(file, text)).orElse(ofFile),
        section.count("requests_per_second", 1).orElse(Chain.REQUESTS_PER_SECOND),
        wait(section, "timeout", Chain.TIMEOUT));
  }

  private static List<NodeAddress> nodes(TomlFile file, String text) {
    try {
      return NodeAddress.parseAll(text);
    } catch (IllegalArgumentException e) {
      file.fault("The environment's %s: %s".formatted(FULLNODE_API_INFO, e.getMessage()));
      return List.of();
    }
  }

  private static Optional<NodeAddress> node(TomlFile file, TomlSection section) {
    Optional<NodeAddress> address = section.parsed("address", NodeAddress::parse);
    if (!section.has("address")) {
      file.fault("%s is missing.".formatted(section.where("address")));
    }
    if (address.flatMap(NodeAddress::token).isPresent()) {
      file.fault(
          "The token in %s lies open there; put it into a file of its own and name that by `token_file`, or set %s."
              .formatted(section.where("address"), FULLNODE_API_INFO));
    }
    Optional<String> tokenFile = section.string("token_file");
    Optional<String> token =
        tokenFile.map(
            name ->
                readSecret(
                    file,
                    name,
                    "%s names %s, which cannot be read; create it with the token in it, or set %s."
                        .formatted(section.where("token_file"), name, FULLNODE_API_INFO)));
    return token.isPresent() ? address.map(node -> node.withToken(token.get())) : address;
  }

  private static Instant checkTime(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'%s' is no time; give it as 2020-08-24T22:00:00Z.".formatted(text), e);
    }
  }

  private static Duration wait(TomlSection section, String key, Duration otherwise) {
    return section.parsed(key, Installation::checkWait).orElse(otherwise);
  }

  private static Duration checkWait(String text) {
    Duration wait = Durations.parse(text);
    if (wait.compareTo(Duration.ofSeconds(1)) < 0 || wait.compareTo(Duration.ofDays(365)) > 0) {
      throw new IllegalArgumentException("'%s' is out of range; give 1s to 365d.".formatted(text));
    }
    return wait;
  }

  private static String required(
      TomlFile file,
      TomlSection section,
      String key,
      String variable,
      Map<String, String> env,
      UnaryOperator<String> check) {
    Optional<String> value = setting(file, section, key, variable, env, check);
    if (value.isEmpty() && !section.has(key) && variable(env, variable).isEmpty()) {
      file.fault("%s is missing; set it there or by %s.".formatted(section.where(key), variable));
    }
    return value.orElse("");
  }

  private static Optional<String> setting(
      TomlFile file,
      TomlSection section,
      String key,
      String variable,
      Map<String, String> env,
      UnaryOperator<String> check) {
    Optional<String> ofFile = section.parsed(key, check);
    Optional<String> ofEnvironment = variable(env, variable);
    if (ofEnvironment.isEmpty()) {
      return ofFile;
    }
    try {
      return ofEnvironment.map(check);
    } catch (IllegalArgumentException e) {
      file.fault("The environment's %s: %s".formatted(variable, e.getMessage()));
      return Optional.empty();
    }
  }

  private static Optional<String> variable(Map<String, String> env, String name) {
    return Optional.ofNullable(env.get(name)).filter(value -> !value.isBlank());
  }

  private static String checkAddress(String text) {
    Matcher matcher = ADDRESS.matcher(text);
    if (!matcher.matches()
        || Integer.parseInt(matcher.group(1)) < 1
        || Integer.parseInt(matcher.group(1)) > 65535) {
      throw new IllegalArgumentException(
          "'%s' is no address; give host and port, as temporal.example.org:7233.".formatted(text));
    }
    return text;
  }

  private static String checkWord(String text) {
    if (text.isBlank() || text.chars().anyMatch(Character::isWhitespace)) {
      throw new IllegalArgumentException("'%s' must be one word.".formatted(text));
    }
    return text;
  }

  private static String checkWebUrl(String text) {
    if (!WEB_URL.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'%s' is no web address; give one as http://localhost:8233.".formatted(text));
    }
    return text.replaceAll("/+$", "");
  }

  /** The URL is not quoted back: it may hold a secret. */
  private static String checkJdbcUrl(String text) {
    if (SECRET_IN_URL.matcher(text).find()) {
      throw new IllegalArgumentException(
          "The URL holds a password; set RESEAL_CATALOG_PASSWORD or `password_file` instead.");
    }
    if (!text.startsWith("jdbc:mariadb://")) {
      throw new IllegalArgumentException(
          "The URL must begin with jdbc:mariadb://, as jdbc:mariadb://localhost:3306/reseal.");
    }
    return text;
  }
}
