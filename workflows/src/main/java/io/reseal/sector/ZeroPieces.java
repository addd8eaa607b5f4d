package io.reseal.sector;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** Commitments of pieces that are all zeros: fillers, gaps, empty sectors. */
public final class ZeroPieces {

  private static final int LEAF = 32;
  private static final long LARGEST = 1L << 62;

  /** The roots over one leaf, two, four, … */
  private static final List<Commitment> ROOTS = roots();

  private ZeroPieces() {}

  /**
   * The commitment of a piece of zeros: the root of a binary tree of SHA-256 with the two highest
   * bits of each node cleared, over leaves of 32 zero bytes.
   *
   * @param paddedSize bytes, a power of two from 32
   */
  public static Commitment commitment(long paddedSize) {
    return paddedSize <= LEAF
        ? ROOTS.get(0)
        : ROOTS.get(Long.SIZE - Long.numberOfLeadingZeros((paddedSize - 1) / LEAF));
  }

  private static List<Commitment> roots() {
    List<Commitment> roots = new ArrayList<>(List.of(Commitment.of(new byte[LEAF])));
    for (long size = LEAF; size < LARGEST; size *= 2) {
      byte[] below = roots.get(roots.size() - 1).bytes();
      roots.add(parent(below, below));
    }
    return List.copyOf(roots);
  }

  /** The node above two others in a tree over data. */
  static Commitment parent(byte[] left, byte[] right) {
    MessageDigest sha256 = sha256();
    sha256.update(left);
    byte[] node = sha256.digest(right);
    node[31] &= 0x3f;
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
