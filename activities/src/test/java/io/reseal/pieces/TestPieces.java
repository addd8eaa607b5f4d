package io.reseal.pieces;

import io.reseal.sector.Piece;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;

/** Pieces of sectors that a real lotus-miner sealed, with their data. */
enum TestPieces {
  ONE("piece1.bin", "baga6ea4seaqcztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky", 512, 0),
  TWO("piece2.bin", "baga6ea4seaqbbvmkp5b5zyqyimtbuwmjs3ver55xayxtvi4ixtxyejxhgfqssmq", 1024, 1024),
  THREE("piece3.bin", "baga6ea4seaqmyjrrohismy3jv527yezncbi5q635mjxrqksq5jzrcoibqatycay", 1024, 0),
  FOUR("piece4.bin", "baga6ea4seaqgg6qgjhbjlc7rlgljptjmaoe6obo75drtpdo2gd2vppsx7zuyiei", 512, 1024);

  private final String file;
  private final String cid;
  private final long size;
  private final long offset;

  TestPieces(String file, String cid, long size, long offset) {
    this.file = file;
    this.cid = cid;
    this.size = size;
    this.offset = offset;
  }

  Piece piece() {
    return new Piece(cid, size, offset);
  }

  /** A file that is a piece, without padding. */
  static PieceFile raw(Path path) {
    return new PieceFile(path, 0, false);
  }

  String cid() {
    return cid;
  }

  byte[] data() {
    return resource(file);
  }

  /** The data as it lies in an unsealed copy. */
  byte[] padded() {
    String copy = this == ONE || this == TWO ? "unsealed-s-t01001-3" : "unsealed-s-t01001-2";
    return Arrays.copyOfRange(resource(copy), (int) offset, (int) (offset + size));
  }

  static void copy(String resource, Path to) throws IOException {
    Files.createDirectories(to.getParent());
    try (InputStream in = TestPieces.class.getResourceAsStream("/pieces/" + resource)) {
      Files.copy(in, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  static byte[] resource(String name) {
    try (InputStream in = TestPieces.class.getResourceAsStream("/pieces/" + name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<Piece> pieces(TestPieces... pieces) {
    return Arrays.stream(pieces).map(TestPieces::piece).toList();
  }
}
