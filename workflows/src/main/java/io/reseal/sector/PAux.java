package io.reseal.sector;

import java.util.Arrays;

/**
 * The content of a replica's {@code p_aux}: the roots of its trees C and R, whose hash is CommR.
 * The root of tree C follows from the labels alone, so a sector and its updates have the same one.
 *
 * @param commC root of tree C
 * @param commRLast root of tree R
 */
public record PAux(Commitment commC, Commitment commRLast) {

  /** The length of the file. */
  public static final int BYTES = 64;

  public PAux {
    if (commC == null || commRLast == null) {
      throw new IllegalArgumentException("A p_aux has both comm_c and comm_r_last.");
    }
  }

  /**
   * Reads a file's content.
   *
   * @throws IllegalArgumentException if it has another length
   */
  public static PAux of(byte[] content) {
    if (content.length != BYTES) {
      throw new IllegalArgumentException(
          "It has %d bytes instead of %d.".formatted(content.length, BYTES));
    }
    return new PAux(
        Commitment.of(Arrays.copyOfRange(content, 0, BYTES / 2)),
        Commitment.of(Arrays.copyOfRange(content, BYTES / 2, BYTES)));
  }

  /** The content of the file. */
  public byte[] bytes() {
    byte[] content = Arrays.copyOf(commC.bytes(), BYTES);
    System.arraycopy(commRLast.bytes(), 0, content, BYTES / 2, BYTES / 2);
    return content;
  }
}
