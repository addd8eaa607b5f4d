package io.reseal.config;

import io.reseal.config.Installation.Catalog;
import io.reseal.config.Installation.Temporal;
import io.reseal.contract.Names;
import io.reseal.contract.Timings;
import io.reseal.reading.SmallFile;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Turns a {@code reseal.toml} and the environment into an {@link Installation}. */
final class InstallationReader {

  private static final String FULLNODE_API_INFO = "FULLNODE_API_INFO";
  private static final Pattern ADDRESS =
      Pattern.compile("(?:[^\\s/:]+|\\[[0-9a-fA-F:]+\\]):(\\d{1,5})");
  private static final Pattern WEB_URL = Pattern.compile("(?i)https?://[^\\s/?#]+(/[^\\s?#]*)?");
  private static final Pattern SECRET_IN_URL = Pattern.compile("(?i)[?&]password=|://[^/]*@");

  private final TomlFile file;
  private final Map<String, String> env;

  private InstallationReader(TomlFile file, Map<String, String> env) {
    this.file = file;
    this.env = env;
  }

  static Installation read(Path home, Map<String, String> env) {
    Path path = home.toAbsolutePath().normalize().resolve(Installation.FILE);
    if (!Files.exists(path)) {
      throw new ConfigException(
          ("No installation in %s: start one with `reseal up --home %s`, or copy config/reseal.toml"
                  + " there and set the addresses.")
              .formatted(home, home));
    }
    return new InstallationReader(TomlFile.read(path), env).read();
  }

  private Installation read() {
    TomlSection root = chosen();
    Temporal temporal = temporal(root.section("temporal"));
    Catalog catalog = catalog(root.section("catalog"));
    Timings timings = timings(root.section("rebuild"));
    ChainSettings chain = chain(root.section("chain"));
    Map<Long, MinerSettings> miners = miners(root, chain.plaintextTokens());
    file.finish();
    return new Installation(file.path().getParent(), temporal, catalog, timings, chain, miners);
  }

  /** The tables of the profile that is asked for, otherwise the file's own. */
  private TomlSection chosen() {
    Map<String, TomlSection> profiles = file.root().named("profile");
    profiles.values().forEach(TomlSection::leave);
    Optional<String> name = variable(Installation.PROFILE);
    if (name.isEmpty()) {
      return file.root();
    }
    TomlSection profile = profiles.get(name.get());
    if (profile == null) {
      throw new ConfigException(
          "%s has no profile '%s'%s. Add the section [profile.%s.temporal] and the others there, or leave out --profile and %s."
              .formatted(
                  file.path(),
                  name.get(),
                  profiles.isEmpty() ? "" : ", only: " + String.join(", ", profiles.keySet()),
                  name.get(),
                  Installation.PROFILE));
    }
    file.root().leave();
    return profile;
  }

  /** An environment that means another installation must not lead there unnoticed. */
  private void faultIfAmbiguous(TomlSection section, String key, String variable) {
    if (variable(Installation.PROFILE).isPresent()
        && section.has(key)
        && variable(variable).isPresent()) {
      file.fault(
          "The environment sets %s, and profile '%s' has %s: unset the variable, or remove the key."
              .formatted(variable, variable(Installation.PROFILE).get(), section.where(key)));
    }
  }

  private Temporal temporal(TomlSection section) {
    String address =
        required(section, "address", "TEMPORAL_ADDRESS", InstallationReader::checkAddress);
    String namespace =
        setting(section, "namespace", "TEMPORAL_NAMESPACE", InstallationReader::checkWord)
            .orElse(Names.NAMESPACE);
    return new Temporal(
        address,
        namespace,
        section.parsed("ui", InstallationReader::checkWebUrl),
        section.parsed("profile", InstallationReader::checkWord));
  }

  private Catalog catalog(TomlSection section) {
    String url = required(section, "url", "RESEAL_CATALOG_URL", InstallationReader::checkJdbcUrl);
    String user =
        setting(section, "user", "RESEAL_CATALOG_USER", InstallationReader::checkWord)
            .orElse("reseal");
    if (section.accept("password")) {
      file.fault(
          section.where("password")
              + " would be readable there; set RESEAL_CATALOG_PASSWORD, or put it into its own"
              + " file and name that in `password_file`.");
    }
    Optional<String> passwordFile = section.string("password_file");
    faultIfAmbiguous(section, "password_file", "RESEAL_CATALOG_PASSWORD");
    String password =
        variable("RESEAL_CATALOG_PASSWORD")
            .or(() -> passwordFile.map(name -> readPassword(section, name)))
            .orElse("");
    return new Catalog(
        url,
        user,
        password,
        section.count("connections", Catalog.LEAST_CONNECTIONS).orElse(Catalog.USUAL_CONNECTIONS));
  }

  private String readPassword(TomlSection section, String name) {
    return readSecret(
        name,
        "%s names %s, which cannot be read; create it with the password in it, or set RESEAL_CATALOG_PASSWORD."
            .formatted(section.where("password_file"), name));
  }

  private String readSecret(String name, String fault) {
    try {
      return SmallFile.readNamedText(file.path().resolveSibling(name)).strip();
    } catch (IOException | IllegalArgumentException e) {
      file.fault(fault);
      return "";
    }
  }

  private Timings timings(TomlSection section) {
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

  private ChainSettings chain(TomlSection section) {
    ChainSettings mainnet = ChainSettings.mainnet();
    boolean plaintext = section.flag("plaintext_tokens").orElse(false);
    faultIfAmbiguous(section, "node", FULLNODE_API_INFO);
    List<NodeAddress> ofFile =
        section.sections("node").stream()
            .map(node -> node(node, ", or set " + FULLNODE_API_INFO))
            .flatMap(Optional::stream)
            .toList();
    return new ChainSettings(
        section.parsed("genesis", InstallationReader::checkTime).orElse(mainnet.genesis()),
        wait(section, "epoch_duration", mainnet.epoch()),
        variable(FULLNODE_API_INFO).map(this::nodes).orElse(ofFile).stream()
            .map(node -> node.withPlaintextToken(plaintext))
            .toList(),
        plaintext,
        section.count("requests_per_second", 1).orElse(ChainSettings.REQUESTS_PER_SECOND),
        wait(section, "timeout", ChainSettings.TIMEOUT));
  }

  private List<NodeAddress> nodes(String text) {
    try {
      return NodeAddress.parseAll(text);
    } catch (IllegalArgumentException e) {
      file.fault("The environment's %s: %s".formatted(FULLNODE_API_INFO, e.getMessage()));
      return List.of();
    }
  }

  private Map<Long, MinerSettings> miners(TomlSection root, boolean plaintextTokens) {
    Map<Long, MinerSettings> miners = new TreeMap<>();
    root.named("miner")
        .forEach(
            (name, section) -> {
              Optional<Long> miner = miner(name, section);
              Optional<MinerSettings> settings = miner(section, plaintextTokens);
              if (miner.isPresent() && settings.isPresent()) {
                miners.put(miner.get(), settings.get());
              }
            });
    return Collections.unmodifiableMap(miners);
  }

  private Optional<Long> miner(String name, TomlSection section) {
    try {
      return Optional.of(SectorId.parseMiner(name));
    } catch (IllegalArgumentException e) {
      file.fault("%s: %s".formatted(section.where("kind"), e.getMessage()));
      return Optional.empty();
    }
  }

  private Optional<MinerSettings> miner(TomlSection section, boolean plaintextTokens) {
    Optional<MinerSettings.Kind> kind = section.parsed("kind", MinerSettings.Kind::parse);
    if (!section.has("kind")) {
      file.fault("%s is missing.".formatted(section.where("kind")));
    }
    Optional<NodeAddress> address = node(section, "");
    return kind.isPresent() && address.isPresent()
        ? Optional.of(
            new MinerSettings(kind.get(), address.get().withPlaintextToken(plaintextTokens)))
        : Optional.empty();
  }

  /**
   * An address, with the token from its file.
   *
   * @param orSet where else the token could come from, for messages; empty if nowhere
   */
  private Optional<NodeAddress> node(TomlSection section, String orSet) {
    Optional<NodeAddress> address = section.parsed("address", NodeAddress::parse);
    if (!section.has("address")) {
      file.fault("%s is missing.".formatted(section.where("address")));
    }
    if (address.flatMap(NodeAddress::token).isPresent()) {
      file.fault(
          "The token in %s is readable there; put it into its own file and name that in `token_file`%s."
              .formatted(section.where("address"), orSet));
    }
    Optional<String> tokenFile = section.string("token_file");
    Optional<String> token =
        tokenFile.map(
            name ->
                readSecret(
                    name,
                    "%s names %s, which cannot be read; create it with the token in it%s."
                        .formatted(section.where("token_file"), name, orSet)));
    return token.isPresent() ? address.map(node -> node.withToken(token.get())) : address;
  }

  private static Instant checkTime(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "'%s' is not a time; write it as 2020-08-24T22:00:00Z.".formatted(text), e);
    }
  }

  private static Duration wait(TomlSection section, String key, Duration otherwise) {
    return section.parsed(key, InstallationReader::checkWait).orElse(otherwise);
  }

  private static Duration checkWait(String text) {
    Duration wait = Durations.parse(text);
    if (wait.compareTo(Duration.ofSeconds(1)) < 0 || wait.compareTo(Duration.ofDays(365)) > 0) {
      throw new IllegalArgumentException("'%s' is out of range; write 1s to 365d.".formatted(text));
    }
    return wait;
  }

  private String required(
      TomlSection section, String key, String variable, UnaryOperator<String> check) {
    Optional<String> value = setting(section, key, variable, check);
    if (value.isEmpty() && !section.has(key) && variable(variable).isEmpty()) {
      file.fault("%s is missing; set it there or by %s.".formatted(section.where(key), variable));
    }
    return value.orElse("");
  }

  private Optional<String> setting(
      TomlSection section, String key, String variable, UnaryOperator<String> check) {
    Optional<String> ofFile = section.parsed(key, check);
    Optional<String> ofEnvironment = variable(variable);
    faultIfAmbiguous(section, key, variable);
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

  private Optional<String> variable(String name) {
    return variable(env, name);
  }

  /** An environment variable; a blank one counts as unset. */
  static Optional<String> variable(Map<String, String> env, String name) {
    return Optional.ofNullable(env.get(name)).filter(value -> !value.isBlank());
  }

  private static String checkAddress(String text) {
    Matcher matcher = ADDRESS.matcher(text);
    if (!matcher.matches()
        || Integer.parseInt(matcher.group(1)) < 1
        || Integer.parseInt(matcher.group(1)) > 65535) {
      throw new IllegalArgumentException(
          "'%s' is not an address; write host and port, e.g. temporal.example.org:7233."
              .formatted(text));
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
          "'%s' is not a web address; write one such as http://localhost:8233.".formatted(text));
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
          "The URL must begin with jdbc:mariadb://, e.g. jdbc:mariadb://localhost:3306/reseal.");
    }
    return text;
  }
}
