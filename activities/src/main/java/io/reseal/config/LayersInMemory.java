package io.reseal.config;

import io.reseal.sector.SectorSize;

/** How many layers of a sector are in memory while it is labelled. */
public enum LayersInMemory {
  /**
   * The previous layer, and the newest labels of the next; the others go through the scratch disk.
   */
  ONE(1),
  /** The previous layer and the next. */
  TWO(2);

  /**
   * Parts of a layer, of 64, that the newest labels take: two windows, and for each of two windows
   * up to 1.2 labels for each of its nodes that lie far back.
   */
  private static final int NEWEST = 5;

  private static final int PARTS = 64;

  /**
   * What is written and read again of a layer's labels that lie far back, for each of its bytes.
   */
  private static final double FAR = 0.9;

  private final int number;

  LayersInMemory(int number) {
    this.number = number;
  }

  /** With this number; there is one. */
  public static LayersInMemory of(int number) {
    return values()[number - 1];
  }

  public int number() {
    return number;
  }

  /** Memory for a sector. */
  public long bytes(SectorSize size) {
    return this == TWO ? 2 * size.bytes() : size.bytes() / PARTS * (PARTS + NEWEST);
  }

  /** Bytes that are written to scratch for each byte of labels. */
  public double written() {
    return this == TWO ? 1 : 1 + FAR;
  }
}
