package io.reseal.sector;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Commitments of pieces that are all zeros: fillers, gaps, empty sectors. */
public final class ZeroPieces {

  private ZeroPieces() {}

  /**
   * The commitment of a piece of zeros: the root of a binary tree of SHA-256 with the two highest
   * bits of each node cleared, over leaves of 32 zero bytes.
   *
   * @param paddedSize bytes, a power of two from 32
   */
  public static Commitment commitment(long paddedSize) {
    byte[] node = new byte[32];
    for (long size = 32; size < paddedSize; size *= 2) {
      MessageDigest sha256 = sha256();
      sha256.update(node);
      node = sha256.digest(node);
      node[31] &= 0x3f;
    }
    return Commitment.of(node);
  }

  /** A zero piece at an offset. */
  public static Piece piece(long paddedSize, long offset) {
    return new Piece(Cid.unsealed(commitment(paddedSize)), paddedSize, offset);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256.", e);
    }
  }
}
