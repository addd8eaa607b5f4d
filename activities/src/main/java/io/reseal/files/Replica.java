package io.reseal.files;

import io.reseal.contract.FailureType;

/**
 * One of the sealed forms that a sector can have, each a file of the sector's size with a directory
 * of the files that prove it: the replica it was sealed to, and the one that an update made of it.
 */
public enum Replica {
  /** The result of sealing; in a snapped sector, the key of its update. */
  SEALED("sealed", "cache", FailureType.SCRATCH_SEALED_DAMAGED),
  /** The replica that holds a snapped sector's data. */
  UPDATE("update", "update-cache", FailureType.SCRATCH_UPDATE_DAMAGED);

  private final String dataKind;
  private final String cacheKind;
  private final FailureType damaged;

  Replica(String dataKind, String cacheKind, FailureType damaged) {
    this.dataKind = dataKind;
    this.cacheKind = cacheKind;
    this.damaged = damaged;
  }

  /** The folder of its file, in scratch and in stores. */
  String dataKind() {
    return dataKind;
  }

  /** The folder of its directory, in scratch and in stores. */
  String cacheKind() {
    return cacheKind;
  }

  /** The failure of a step that finds its kept files damaged in scratch. */
  public FailureType damaged() {
    return damaged;
  }
}
