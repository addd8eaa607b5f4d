package io.reseal.files;

import io.reseal.contract.FailureType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One of the sealed forms that a sector can have, each a file of the sector's size with a directory
 * of the files that prove it: the replica it was sealed to, and the one that an update made of it.
 */
public enum Replica {
  /** The result of sealing; in a snapped sector, the key of its update. */
  SEALED(FileType.SEALED, FileType.CACHE, FailureType.SCRATCH_SEALED_DAMAGED),
  /** The replica that holds a snapped sector's data. */
  UPDATE(FileType.UPDATE, FileType.UPDATE_CACHE, FailureType.SCRATCH_UPDATE_DAMAGED);

  private final FileType dataType;
  private final FileType cacheType;
  private final FailureType damaged;

  Replica(FileType dataType, FileType cacheType, FailureType damaged) {
    this.dataType = dataType;
    this.cacheType = cacheType;
    this.damaged = damaged;
  }

  /** The replica that a type of files belongs to. */
  static Optional<Replica> of(FileType type) {
    return Stream.of(values()).filter(replica -> replica.types().contains(type)).findFirst();
  }

  /** Its file and the directory of the files that prove it. */
  public List<FileType> types() {
    return List.of(dataType, cacheType);
  }

  /** The other one of its types. */
  FileType partner(FileType type) {
    return type == dataType ? cacheType : dataType;
  }

  /** Its file. */
  public FileType dataType() {
    return dataType;
  }

  /** The directory of the files that prove it. */
  public FileType cacheType() {
    return cacheType;
  }

  /** The failure of a step that finds its kept files damaged in scratch. */
  public FailureType damaged() {
    return damaged;
  }
}
