package io.reseal.config;

import java.util.Optional;

/** Which build of Reseal runs. */
public final class ProgramVersion {

  /** System property that the launcher of a package sets. */
  private static final String COMMIT = "reseal.commit";

  private ProgramVersion() {}

  /** The version, as the jar's manifest has it. */
  public static String text() {
    return Optional.ofNullable(ProgramVersion.class.getPackage().getImplementationVersion())
        .orElse("(not packaged)");
  }

  /** The commit that a package was built from. */
  public static Optional<String> commit() {
    return Optional.ofNullable(System.getProperty(COMMIT));
  }
}
