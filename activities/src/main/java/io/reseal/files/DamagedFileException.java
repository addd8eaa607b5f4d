package io.reseal.files;

import io.reseal.contract.FailureType;
import io.reseal.contract.HasFailureType;
import java.io.IOException;
import java.nio.file.Path;

/** A file of a sealed sector in scratch has other bytes than when it was made. */
public final class DamagedFileException extends IOException implements HasFailureType {

  private static final long serialVersionUID = 1;

  private final FailureType type;

  DamagedFileException(Replica replica, Path file, String digest, String recorded) {
    this(replica.damaged(), file, digest, recorded);
  }

  private DamagedFileException(FailureType type, Path file, String digest, String recorded) {
    super(
        "%s has changed since it was made: its SHA-256 is now %s, not %s."
            .formatted(file, digest, recorded));
    this.type = type;
  }

  /** It is the data of the unsealed copy, which the first steps make. */
  static DamagedFileException ofData(Path file, String digest, String recorded) {
    return new DamagedFileException(FailureType.SCRATCH_LOST, file, digest, recorded);
  }

  @Override
  public FailureType failureType() {
    return type;
  }
}
