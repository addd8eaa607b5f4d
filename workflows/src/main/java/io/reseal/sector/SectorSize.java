package io.reseal.sector;

/** The five sector sizes that have registered proofs. */
public enum SectorSize {
  KIB_2("2KiB", 2L << 10),
  MIB_8("8MiB", 8L << 20),
  MIB_512("512MiB", 512L << 20),
  GIB_32("32GiB", 32L << 30),
  GIB_64("64GiB", 64L << 30);

  private final String text;
  private final long bytes;

  SectorSize(String text, long bytes) {
    this.text = text;
    this.bytes = bytes;
  }

  /** Bytes of the sealed file, and of the padded data. */
  public long bytes() {
    return bytes;
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
