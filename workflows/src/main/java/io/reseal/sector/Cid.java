package io.reseal.sector;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Locale;

/**
 * Filecoin's CIDs of commitments: version 1, base32 text. Pieces and CommD are {@code
 * baga6ea4seaq…} (codec fil-commitment-unsealed, sha2-256-trunc254-padded), CommR is {@code
 * bagboea4b5abc…} (codec fil-commitment-sealed, poseidon-bls12_381-a2-fc1).
 */
public final class Cid {

  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

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

  /** The commitment in a piece's or CommD's CID. */
  public static Commitment ofUnsealed(String cid) {
    return decode(UNSEALED, "a piece or of CommD (baga6ea4seaq…)", cid);
  }

  /** The commitment in CommR's CID. */
  public static Commitment ofSealed(String cid) {
    return decode(SEALED, "CommR (bagboea4b5abc…)", cid);
  }

  private static String encode(byte[] prefix, Commitment commitment) {
    byte[] digest = commitment.bytes();
    byte[] bytes = Arrays.copyOf(prefix, prefix.length + digest.length);
    System.arraycopy(digest, 0, bytes, prefix.length, digest.length);
    StringBuilder text = new StringBuilder("b");
    int buffer = 0;
    int bits = 0;
    for (byte b : bytes) {
      buffer = (buffer << 8) | (b & 0xff);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt((buffer >> bits) & 31));
      }
      buffer &= (1 << bits) - 1;
    }
    if (bits > 0) {
      text.append(ALPHABET.charAt((buffer << (5 - bits)) & 31));
    }
    return text.toString();
  }

  private static Commitment decode(byte[] prefix, String what, String cid) {
    String text = cid.strip().toLowerCase(Locale.ROOT);
    IllegalArgumentException refusal =
        new IllegalArgumentException("'%s' is not the CID of %s.".formatted(cid, what));
    if (!text.startsWith("b")) {
      throw refusal;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int buffer = 0;
    int bits = 0;
    for (char c : text.substring(1).toCharArray()) {
      int value = ALPHABET.indexOf(c);
      if (value < 0) {
        throw refusal;
      }
      buffer = (buffer << 5) | value;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes.write(buffer >> bits);
        buffer &= (1 << bits) - 1;
      }
    }
    byte[] decoded = bytes.toByteArray();
    if (buffer != 0
        || decoded.length != prefix.length + 32
        || !Arrays.equals(decoded, 0, prefix.length, prefix, 0, prefix.length)) {
      throw refusal;
    }
    return Commitment.of(Arrays.copyOfRange(decoded, prefix.length, decoded.length));
  }
}
