package io.reseal.sector;

import java.util.Arrays;

/**
 * Filecoin's CIDs of commitments: version 1, base32 text. Pieces and CommD are {@code
 * baga6ea4seaq…} (codec fil-commitment-unsealed, sha2-256-trunc254-padded), CommR is {@code
 * bagboea4b5abc…} (codec fil-commitment-sealed, poseidon-bls12_381-a2-fc1).
 */
public final class Cid {

  /** CID version, codec, hash function, digest length: the bytes before the digest. */
  private static final byte[] UNSEALED = {1, (byte) 0x81, (byte) 0xe2, 3, (byte) 0x92, 0x20, 32};

  private static final byte[] SEALED = {
    1, (byte) 0x82, (byte) 0xe2, 3, (byte) 0x81, (byte) 0xe8, 2, 32
  };

  private Cid() {}

  /** CID of a piece or of CommD. */
  public static String unsealed(Commitment commitment) {
    return encode(UNSEALED, commitment);
  }

  /** CID of CommR. */
  public static String sealed(Commitment commitment) {
    return encode(SEALED, commitment);
  }

  /** The commitment in a piece's or CommD's CID, of version 1 or 2. */
  public static Commitment ofUnsealed(String cid) {
    return PieceCidV2.find(cid)
        .map(PieceCidV2::commitment)
        .orElseGet(() -> decode(UNSEALED, "a piece or of CommD (baga6ea4seaq…)", cid));
  }

  /** The commitment in CommR's CID. */
  public static Commitment ofSealed(String cid) {
    return decode(SEALED, "CommR (bagboea4b5abc…)", cid);
  }

  private static String encode(byte[] prefix, Commitment commitment) {
    byte[] digest = commitment.bytes();
    byte[] bytes = Arrays.copyOf(prefix, prefix.length + digest.length);
    System.arraycopy(digest, 0, bytes, prefix.length, digest.length);
    return Base32.encode(bytes);
  }

  private static Commitment decode(byte[] prefix, String what, String cid) {
    byte[] bytes = Base32.decode(cid).orElse(new byte[0]);
    if (bytes.length != prefix.length + 32
        || !Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length)) {
      throw new IllegalArgumentException("'%s' is not the CID of %s.".formatted(cid, what));
    }
    return Commitment.of(Arrays.copyOfRange(bytes, prefix.length, bytes.length));
  }
}
