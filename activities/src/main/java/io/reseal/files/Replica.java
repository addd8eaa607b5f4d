package io.reseal.files;

/**
 * One of the sealed forms that a sector can have, each a file of the sector's size with a directory
 * of what it is proven by: the replica it was sealed to, and the one that an update made of it.
 */
public enum Replica {
  /** What sealing gives; of a snapped sector the key of its update. */
  SEALED("sealed", "cache"),
  /** What a snapped sector's data lie in. */
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

  /** The folder of its directory, likewise. */
  String cacheKind() {
    return cacheKind;
  }
}
