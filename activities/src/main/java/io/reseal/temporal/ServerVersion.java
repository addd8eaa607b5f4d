package io.reseal.temporal;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The part of a server's version that decides whether Reseal can use that server. */
public record ServerVersion(int major, int minor) implements Comparable<ServerVersion> {

  private static final Pattern VERSION = Pattern.compile("(\\d{1,6})\\.(\\d{1,6}).*");

  /** The oldest and the newest Temporal server that {@code make server-test} tries Reseal with. */
  public static final String OLDEST_TESTED_TEMPORAL = "1.31.2";

  public static final String NEWEST_TESTED_TEMPORAL = "1.32.2";

  /**
   * The oldest Temporal server that Reseal uses. Older ones ignore priorities unless they are
   * configured to honor them, so an urgent rebuild would wait behind all others.
   */
  public static final ServerVersion OLDEST_TEMPORAL = parse(OLDEST_TESTED_TEMPORAL).orElseThrow();

  /** Newer servers are used, too; that nobody has tried them is worth a word. */
  public static final ServerVersion NEWEST_TEMPORAL = parse(NEWEST_TESTED_TEMPORAL).orElseThrow();

  /** Empty if the text does not begin with a version, e.g. that of Temporal's in-memory server. */
  public static Optional<ServerVersion> parse(String text) {
    Matcher matcher = VERSION.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new ServerVersion(
                Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2))))
        : Optional.empty();
  }

  /** Whether a server with the given version is older than this; one without a version is not. */
  public boolean isNewerThan(String version) {
    return parse(version).filter(reported -> reported.compareTo(this) < 0).isPresent();
  }

  /** Whether a server with the given version is newer than this; one without a version is not. */
  public boolean isOlderThan(String version) {
    return parse(version).filter(reported -> reported.compareTo(this) > 0).isPresent();
  }

  @Override
  public int compareTo(ServerVersion other) {
    return Comparator.comparingInt(ServerVersion::major)
        .thenComparingInt(ServerVersion::minor)
        .compare(this, other);
  }

  @Override
  public String toString() {
    return major + "." + minor;
  }
}
