package io.reseal.chain;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.bouncycastle.crypto.digests.Blake2bDigest;

/** How the chain's randomness becomes a sector's ticket or seed. */
final class ChainRandomness {

  /** Domain of tickets. */
  static final long SEAL = 5;

  /** Domain of seeds. */
  static final long INTERACTIVE_SEAL = 6;

  private static final int BITS = 256;
  private static final int CBOR_BYTE_STRING = 0x40;
  private static final int ID_PROTOCOL = 0;

  private ChainRandomness() {}

  /** What makes randomness a miner's own: its ID address as a CBOR byte string. */
  static byte[] entropy(long miner) {
    ByteArrayOutputStream address = new ByteArrayOutputStream();
    address.write(ID_PROTOCOL);
    long rest = miner;
    while (rest >= 0x80) {
      address.write((int) ((rest & 0x7f) | 0x80));
      rest >>>= 7;
    }
    address.write((int) rest);
    // An ID address has at most 11 bytes: the string's length fits its first byte.
    byte[] bytes = address.toByteArray();
    return ByteBuffer.allocate(1 + bytes.length)
        .put((byte) (CBOR_BYTE_STRING | bytes.length))
        .put(bytes)
        .array();
  }

  /** The randomness of a domain, an epoch and a miner from what all of that epoch share. */
  static byte[] draw(byte[] digest, long domain, long epoch, byte[] entropy) {
    return blake2b(
        ByteBuffer.allocate(Long.BYTES + digest.length + Long.BYTES + entropy.length)
            .putLong(domain)
            .put(digest)
            .putLong(epoch)
            .put(entropy)
            .array());
  }

  static byte[] blake2b(byte[] bytes) {
    Blake2bDigest blake2b = new Blake2bDigest(BITS);
    blake2b.update(bytes, 0, bytes.length);
    byte[] digest = new byte[BITS / 8];
    blake2b.doFinal(digest, 0);
    return digest;
  }
}
