package io.reseal.sector;

import java.util.Arrays;
import java.util.Optional;

/**
 * A piece's CID of version 2 ({@code bafkzcib…}, FRC-0069): it contains the piece's size beside its
 * commitment, and how much of it is filled with zeros.
 *
 * @param commitment the piece's commitment, the same as in its CID of version 1
 * @param size the piece's padded bytes
 * @param padding bytes of zeros that were added to the data
 */
public record PieceCidV2(Commitment commitment, long size, long padding) {

  /** CID version, codec "raw", hash function fr32-sha2-256-trunc254-padded-binary-tree. */
  private static final byte[] PREFIX = {1, 0x55, (byte) 0x91, 0x20};

  private static final int DIGEST = 32;
  private static final int LARGEST_HEIGHT = 57;
  private static final long NODE = 32;

  /** Reads a CID; empty if it is none of version 2. */
  public static Optional<PieceCidV2> find(String cid) {
    byte[] bytes = Base32.decode(cid).orElse(new byte[0]);
    int begin = PREFIX.length + 1;
    if (bytes.length < begin + 2 + DIGEST
        || !Arrays.equals(bytes, 0, PREFIX.length, PREFIX, 0, PREFIX.length)
        || bytes[PREFIX.length] != bytes.length - begin) {
      return Optional.empty();
    }
    int end = bytes.length - DIGEST - 1;
    long padding = 0;
    for (int at = end - 1; at >= begin; at--) {
      boolean more = at < end - 1;
      if (more != (bytes[at] < 0) || padding >>> 56 != 0) {
        return Optional.empty();
      }
      padding = (padding << 7) | (bytes[at] & 0x7f);
    }
    int height = bytes[end] & 0xff;
    return height > LARGEST_HEIGHT
        ? Optional.empty()
        : Optional.of(
            new PieceCidV2(
                Commitment.of(Arrays.copyOfRange(bytes, end + 1, bytes.length)),
                NODE << height,
                padding));
  }

  /** Whether it is the CID of this piece, however much of the piece is data. */
  public boolean isOf(Piece piece) {
    return size == piece.size() && commitment.equals(piece.commitment());
  }

  /** The CID of a piece that data fills completely. */
  public static String ofFull(Piece piece) {
    byte[] bytes = Arrays.copyOf(PREFIX, PREFIX.length + 3 + DIGEST);
    bytes[PREFIX.length] = 2 + DIGEST;
    bytes[PREFIX.length + 2] = (byte) Long.numberOfTrailingZeros(piece.size() / NODE);
    System.arraycopy(piece.commitment().bytes(), 0, bytes, PREFIX.length + 3, DIGEST);
    return Base32.encode(bytes);
  }
}
