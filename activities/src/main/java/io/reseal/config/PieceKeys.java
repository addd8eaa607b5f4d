package io.reseal.config;

import io.reseal.config.PieceSettings.Http;
import io.reseal.config.PieceSettings.Kind;
import io.reseal.config.PieceSettings.S3;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code [pieces]}, {@code [[pieces.http]]} and {@code [[pieces.s3]]}. */
final class PieceKeys {

  private static final Set<String> SCHEMES = Set.of("http", "https");

  private final TomlFile file;

  PieceKeys(TomlFile file) {
    this.file = file;
  }

  PieceSettings read(TomlSection section) {
    List<Kind> order = section.list("order", Kind::parse);
    if (order.stream().distinct().count() < order.size()) {
      file.fault("%s names a kind of place twice.".formatted(section.where("order")));
    }
    List<Http> http = section.sections("http").stream().flatMap(s -> http(s).stream()).toList();
    List<S3> s3 = section.sections("s3").stream().flatMap(s -> s3(s).stream()).toList();
    Optional<Path> cache = section.path("cache");
    if (cache.isEmpty() && !(http.isEmpty() && s3.isEmpty())) {
      file.fault(
          "%s names places to download pieces from, but no directory to download them to; add `pieces.cache`."
              .formatted(file.path()));
    }
    return new PieceSettings(
        section.has("order") ? order : List.of(Kind.values()),
        cache,
        section.parsed("cache_size", ByteSizes::parse).orElse(PieceSettings.CACHE_BYTES),
        section.count("parallel", 1).orElse(PieceSettings.PARALLEL),
        section.parsed("rate", ByteSizes::parse),
        section.parsed("stall", PieceKeys::stall).orElse(PieceSettings.STALL),
        section.count("retries", 0).orElse(PieceSettings.RETRIES),
        http,
        s3);
  }

  private Optional<Http> http(TomlSection section) {
    Optional<String> url = section.parsed("url", PieceKeys::url);
    if (!section.has("url")) {
      file.fault("A [[pieces.http]] in %s has no `url`.".formatted(file.path()));
    }
    List<String> hosts = section.list("allowed_hosts", PieceKeys::host);
    Optional<Path> tokenFile = section.path("token_file");
    tokenFile.ifPresent(token -> requireFile(section, "token_file", token));
    Optional<String> tokenEnv = section.string("token_env");
    if (tokenFile.isPresent() && tokenEnv.isPresent()) {
      file.fault(
          "%s is set as well as `token_file`; remove one of them."
              .formatted(section.where("token_env")));
    }
    boolean plaintext = section.flag("plaintext_token").orElse(false);
    return url.map(address -> new Http(address, hosts, tokenFile, tokenEnv, plaintext));
  }

  private Optional<S3> s3(TomlSection section) {
    Optional<String> bucket = section.string("bucket");
    if (!section.has("bucket")) {
      file.fault("A [[pieces.s3]] in %s has no `bucket`.".formatted(file.path()));
    }
    Optional<URI> endpoint = section.parsed("endpoint", text -> URI.create(url(text)));
    String prefix = section.string("prefix").orElse("");
    String region = section.string("region").orElse("us-east-1");
    Optional<Path> credentials = section.path("credentials_file");
    credentials.ifPresent(path -> requireFile(section, "credentials_file", path));
    return bucket.map(name -> new S3(endpoint, name, prefix, region, credentials));
  }

  private void requireFile(TomlSection section, String key, Path path) {
    if (!Files.isReadable(path)) {
      file.fault("%s: %s cannot be read.".formatted(section.where(key), path));
    }
  }

  private static Duration stall(String text) {
    Duration stall = Durations.parse(text);
    if (stall.isZero()) {
      throw new IllegalArgumentException("The time must be longer than zero, e.g. 60s.");
    }
    return stall;
  }

  private static String host(String text) {
    if (!text.matches("[A-Za-z0-9._:\\[\\]-]+")) {
      throw new IllegalArgumentException(
          "'%s' is not a host name; write it without scheme and path.".formatted(text));
    }
    return text;
  }

  private static String url(String text) {
    URI uri;
    try {
      uri = new URI(text.strip().replace("{cid}", "cid"));
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("'%s' is not a URL.".formatted(text), e);
    }
    if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme()) || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "'%s' is not the address of a server; write it as https://pieces.example.com."
              .formatted(text));
    }
    if (uri.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "A URL is shown in messages, so it must not contain a user or password; use a token.");
    }
    return text.strip();
  }
}
