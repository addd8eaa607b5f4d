package io.reseal.sector;

/** The five sector sizes that have registered proofs. */
public enum SectorSize {
  KIB_2("2KiB", 2L << 10, 2),
  MIB_8("8MiB", 8L << 20, 2),
  MIB_512("512MiB", 512L << 20, 2),
  GIB_32("32GiB", 32L << 30, 11),
  GIB_64("64GiB", 64L << 30, 11);

  /** Bytes of a node of a sector's data, layers and trees. */
  public static final int NODE_BYTES = 32;

  private final String text;
  private final long bytes;
  private final int layers;

  SectorSize(String text, long bytes, int layers) {
    this.text = text;
    this.bytes = bytes;
    this.layers = layers;
  }

  /** Bytes of the sealed file, and of the padded data. */
  public long bytes() {
    return bytes;
  }

  /** How many layers of labels are made to seal a sector. */
  public int layers() {
    return layers;
  }

  /** Parses a size as configuration files write it, {@code 32GiB}. */
  public static SectorSize parse(String text) {
    return NamedValues.requireInAnyCase(values(), text.strip(), "a sector size");
  }

  @Override
  public String toString() {
    return text;
  }
}
