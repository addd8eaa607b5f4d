package io.reseal.files;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The rank of an attempt that changes a sector's files: of two attempts, only the one that
 * supersedes the other may do what cannot be undone.
 *
 * @param at when the attempt's activity was scheduled, in the server's epoch milliseconds
 * @param grant number of the grant it works under; 0 if a version without numbers granted it
 * @param attempt number of the activity's attempt, from 1
 * @param runId the rebuild's run in Temporal
 */
public record Fence(long at, long grant, int attempt, String runId) {

  private static final Pattern NAME = Pattern.compile("(\\d{1,18})-(\\d{1,18})-(\\d{1,9})-(.+)");

  /** Whether the other attempt has lost its place to this one. */
  boolean supersedes(Fence other) {
    if (grant != 0 && other.grant != 0 && grant != other.grant) {
      return grant > other.grant;
    }
    return at != other.at ? at > other.at : attempt > other.attempt;
  }

  String fileName() {
    return "%d-%d-%d-%s".formatted(at, grant, attempt, runId);
  }

  static Optional<Fence> ofFileName(String name) {
    Matcher parts = NAME.matcher(name);
    return parts.matches()
        ? Optional.of(
            new Fence(
                Long.parseLong(parts.group(1)),
                Long.parseLong(parts.group(2)),
                Integer.parseInt(parts.group(3)),
                parts.group(4)))
        : Optional.empty();
  }
}
