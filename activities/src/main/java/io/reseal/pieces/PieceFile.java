package io.reseal.pieces;

import java.nio.file.Path;

/**
 * Where a piece's data is on this host.
 *
 * @param path the file
 * @param offset bytes from its start
 * @param padded whether it is Fr32-padded there, as in an unsealed copy, rather than raw; raw data
 *     may be shorter than the piece, which then ends in zeros
 */
public record PieceFile(Path path, long offset, boolean padded) {

  @Override
  public String toString() {
    return offset == 0 ? path.toString() : "%s at byte %d".formatted(path, offset);
  }
}
