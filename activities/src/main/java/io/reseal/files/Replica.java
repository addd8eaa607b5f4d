package io.reseal.files;

/**
 * One of the sealed forms that a sector can have, each a file of the sector's size with a directory
 * of the files that prove it: the replica it was sealed to, and the one that an update made of it.
 */
public enum Replica {
  /** The result of sealing; in a snapped sector, the key of its update. */
  SEALED("sealed", "cache"),
  /** The replica that holds a snapped sector's data. */
  UPDATE("update", "update-cache");

  private final String dataKind;
  private final String cacheKind;

  Replica(String dataKind, String cacheKind) {
    this.dataKind = dataKind;
    this.cacheKind = cacheKind;
  }

  /** The folder of its file, in scratch and in stores. */
  String dataKind() {
    return dataKind;
  }

  /** The folder of its directory, in scratch and in stores. */
  String cacheKind() {
    return cacheKind;
  }
}
