package io.reseal.config;

import io.reseal.sector.NamedValues;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * {@code [pieces]} of a host's file: where to search for the data of pieces, and how to download
 * it.
 *
 * @param order the kinds of places, in the order in which they are searched
 * @param cache directory for downloads; always present if something can be downloaded
 * @param cacheBytes most bytes that it may hold
 * @param parallel downloads at a time on this host
 * @param rate most bytes per second of all of them together; empty for no limit
 * @param stall how long a source may send nothing
 * @param retries how often a download that made no progress is retried at one source
 * @param http piece stores queried by HTTP, in this order
 * @param s3 buckets, in this order
 */
public record PieceSettings(
    List<Kind> order,
    Optional<Path> cache,
    long cacheBytes,
    int parallel,
    Optional<Long> rate,
    Duration stall,
    int retries,
    List<Http> http,
    List<S3> s3) {

  static final long CACHE_BYTES = 200L << 30;
  static final int PARALLEL = 4;
  static final Duration STALL = Duration.ofSeconds(60);
  static final int RETRIES = 5;

  public PieceSettings {
    order = List.copyOf(order);
    http = List.copyOf(http);
    s3 = List.copyOf(s3);
  }

  /** A kind of place to search for pieces, in the default order. */
  public enum Kind {
    LOCAL("local"),
    OWN_UNSEALED("own-unsealed"),
    OTHER_UNSEALED("other-unsealed"),
    CACHE("cache"),
    HTTP("http"),
    S3("s3");

    private final String key;

    Kind(String key) {
      this.key = key;
    }

    static Kind parse(String text) {
      return NamedValues.require(values(), text.strip(), "a kind of place for pieces");
    }

    @Override
    public String toString() {
      return key;
    }
  }

  /**
   * {@code [[pieces.http]]}.
   *
   * @param url address of the store, or of a piece with {@code {cid}} in it
   * @param allowedHosts hosts that it may redirect to, besides itself
   * @param tokenFile file with the bearer token
   * @param tokenEnv environment variable with the bearer token
   * @param plaintextToken whether the token may cross a network unencrypted
   */
  public record Http(
      String url,
      List<String> allowedHosts,
      Optional<Path> tokenFile,
      Optional<String> tokenEnv,
      boolean plaintextToken) {

    private static final String CID = "{cid}";

    /** The addresses at which a piece may be, in the order to try. */
    public List<URI> addresses(String cid) {
      if (url.contains(CID)) {
        return List.of(URI.create(url.replace(CID, cid)));
      }
      String base = url.endsWith("/") ? url : url + "/";
      return List.of(URI.create(base + "piecestore/" + cid), URI.create(base + "piece/" + cid));
    }
  }

  /**
   * {@code [[pieces.s3]]}.
   *
   * @param endpoint address of the service; empty for Amazon's of the region
   * @param bucket the bucket
   * @param prefix the part of a piece's key before its CID; may be empty
   * @param region the bucket's region
   * @param credentialsFile file with the keys, in the format of Amazon's tools; if empty, the
   *     environment's {@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}, if set
   */
  public record S3(
      Optional<URI> endpoint,
      String bucket,
      String prefix,
      String region,
      Optional<Path> credentialsFile) {}
}
