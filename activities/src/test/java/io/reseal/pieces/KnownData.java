package io.reseal.pieces;

import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.ZeroPieces;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** Knows the commitments of the test pieces, raw and padded; all other data are strangers to it. */
final class KnownData implements PieceVerifier {

  final AtomicInteger verified = new AtomicInteger();

  @Override
  public Running start(PieceFile file, Piece piece) throws IOException {
    verified.incrementAndGet();
    byte[] data = read(file, piece);
    Commitment commitment =
        Arrays.stream(TestPieces.values())
            .filter(known -> Arrays.equals(data, file.padded() ? known.padded() : known.data()))
            .map(known -> known.piece().commitment())
            .findFirst()
            .orElse(ZeroPieces.commitment(piece.size()));
    return new Running() {
      @Override
      public Commitment await() {
        return commitment;
      }

      @Override
      public void close() {}
    };
  }

  private static byte[] read(PieceFile file, Piece piece) throws IOException {
    try (InputStream in = Files.newInputStream(file.path())) {
      in.skipNBytes(file.offset());
      return file.padded() ? in.readNBytes((int) piece.size()) : in.readAllBytes();
    }
  }
}
