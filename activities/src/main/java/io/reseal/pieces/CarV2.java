package io.reseal.pieces;

import io.reseal.sector.Piece;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Recognizes CARv2 files. Tools write them around the CARv1 that a deal was made of, and then their
 * CID is not the piece's.
 */
final class CarV2 {

  private static final byte[] PRAGMA = HexFormat.of().parseHex("0aa16776657273696f6e02");

  /** Sixteen bytes of flags, then where the payload is and how long. */
  private static final int PLACE = PRAGMA.length + 16;

  private static final int READ = PLACE + 2 * Long.BYTES;

  private CarV2() {}

  /** What to do about a file that is not the piece, to append to half a sentence; often empty. */
  static String advice(Path file, Piece piece) {
    ByteBuffer header = ByteBuffer.allocate(READ).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      channel.read(header, 0);
    } catch (IOException e) {
      // Whoever reads the data meets the same error and reports it.
      return "";
    }
    if (header.hasRemaining()
        || !Arrays.equals(header.array(), 0, PRAGMA.length, PRAGMA, 0, PRAGMA.length)) {
      return "";
    }
    long offset = header.getLong(PLACE);
    long size = header.getLong(PLACE + Long.BYTES);
    return offset < READ || size <= 0 || size > piece.unpaddedSize()
        ? "; it is a CARv2 file"
        : ("; it is a CARv2 file, and the piece is probably the CARv1 inside it: `tail -c +%d %s |"
                + " head -c %d` extracts that")
            .formatted(offset + 1, file, size);
  }
}
