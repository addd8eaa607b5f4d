package io.reseal.files;

import io.reseal.sector.SectorSize;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;

/**
 * The end of an unsealed file as lotus-miner writes it: after the sector's bytes it lists the
 * ranges that are present as run lengths, followed by the list's own length. A file without it
 * holds the whole sector.
 */
public final class UnsealedTrailer {

  private static final int LENGTH_BYTES = 4;
  private static final int LONGEST = 1 << 20;

  private UnsealedTrailer() {}

  /**
   * Whether a range of a file's padded bytes is present.
   *
   * @throws IOException stating, in half a sentence, why the file is not an unsealed sector
   */
  public static boolean covers(Path file, long offset, long size) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      long length = channel.size();
      long sector = dataBytes(channel);
      if (sector == length) {
        return offset + size <= length;
      }
      byte[] encoded = read(channel, sector, (int) (length - LENGTH_BYTES - sector));
      return offset + size <= sector && new Runs(encoded).cover(offset, offset + size);
    }
  }

  /**
   * How many bytes of a file are the sector's.
   *
   * @throws IOException as above
   */
  static long dataBytes(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return dataBytes(channel);
    }
  }

  private static long dataBytes(FileChannel channel) throws IOException {
    long length = channel.size();
    if (sectorOf(length).isPresent()) {
      return length;
    }
    byte[] tail = read(channel, length - LENGTH_BYTES, LENGTH_BYTES);
    long runs =
        Integer.toUnsignedLong(ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN).getInt());
    long sector = length - LENGTH_BYTES - runs;
    if (runs > LONGEST || sectorOf(sector).isEmpty()) {
      throw new IOException(
          "has %d bytes and no trailer that lists which of them are data; it was cut off or is not an unsealed sector"
              .formatted(length));
    }
    return sector;
  }

  /** The trailer of a file that holds all of a sector, as a miner writes it when it seals. */
  static byte[] whole(SectorSize size) {
    byte[] runs = Runs.one(size.bytes());
    return ByteBuffer.allocate(runs.length + LENGTH_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(runs)
        .putInt(runs.length)
        .array();
  }

  private static Optional<SectorSize> sectorOf(long bytes) {
    return Arrays.stream(SectorSize.values()).filter(size -> size.bytes() == bytes).findFirst();
  }

  private static byte[] read(FileChannel channel, long at, int count) throws IOException {
    byte[] bytes = new byte[count];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (at < 0) {
      throw new IOException("has %d bytes, too few for a sector".formatted(channel.size()));
    }
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, at + buffer.position()) < 0) {
        throw new IOException("became shorter while it was read");
      }
    }
    return bytes;
  }

  /**
   * Alternating runs of bytes that are present and absent: RLE+ as in Filecoin's bit fields, least
   * significant bit first.
   */
  private static final class Runs {

    private static final int VERSION_BITS = 2;
    private static final int SHORT_BITS = 4;
    private static final int VARINT_BITS = 7;
    private static final int LONGEST_VARINT = 63;

    private final byte[] bytes;
    private long at;

    Runs(byte[] bytes) {
      this.bytes = bytes;
    }

    /**
     * A single run of bytes that are present, too long for the short form. Zeros at the end are
     * left out: a miner's software refuses a list whose last byte is zero.
     */
    static byte[] one(long length) {
      BitSet bits = new BitSet();
      bits.set(VERSION_BITS);
      int at = VERSION_BITS + 1 + 2;
      for (long left = length; left > 0; left >>= VARINT_BITS) {
        for (int i = 0; i < VARINT_BITS; i++) {
          bits.set(at++, (left >> i & 1) == 1);
        }
        bits.set(at++, left >> VARINT_BITS > 0);
      }
      return bits.toByteArray();
    }

    boolean cover(long from, long to) throws IOException {
      if (bytes.length == 0) {
        return false;
      }
      if (bits(VERSION_BITS) != 0) {
        throw new IOException("lists in an unknown form which of its bytes are data");
      }
      boolean there = bit();
      long begin = 0;
      while (at < 8L * bytes.length) {
        long run = next();
        if (run < 0 || run > Long.MAX_VALUE - begin) {
          throw new IOException("lists more data than a file can hold");
        }
        if (there && run > 0 && begin <= from && to <= begin + run) {
          return true;
        }
        begin += run;
        there = !there;
      }
      return false;
    }

    private long next() throws IOException {
      if (bit()) {
        return 1;
      }
      return bit() ? bits(SHORT_BITS) : varint();
    }

    private long varint() throws IOException {
      long value = 0;
      for (int shift = 0; shift < LONGEST_VARINT; shift += VARINT_BITS) {
        long part = bits(VARINT_BITS);
        value |= part << shift;
        if (!bit()) {
          return value;
        }
      }
      throw new IOException("lists more data than a file can hold");
    }

    private long bits(int count) {
      long value = 0;
      for (int i = 0; i < count; i++) {
        value |= bit() ? 1L << i : 0;
      }
      return value;
    }

    /** Beyond the end there are zeros: the last bits of the encoding are not written. */
    private boolean bit() {
      int index = (int) (at / 8);
      boolean set = index < bytes.length && (bytes[index] >> (at % 8) & 1) == 1;
      at++;
      return set;
    }
  }
}
