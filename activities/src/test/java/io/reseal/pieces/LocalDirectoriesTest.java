package io.reseal.pieces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.ZeroPieces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalPiecesTest {

  private static final Piece FIRST = piece("11", 1024, 0);
  private static final Piece SECOND = piece("22", 256, 1024);

  @TempDir Path dir;

  private Path a;
  private Path b;
  private LocalPieces pieces;

  @BeforeEach
  void makeDirectories() throws IOException {
    a = Files.createDirectory(dir.resolve("a"));
    b = Files.createDirectory(dir.resolve("b"));
    pieces = new LocalPieces(List.of(a, b, dir.resolve("unmounted")));
  }

  /** Seen to fail with the directories asked in another order, and with .car asked first. */
  @Test
  void takesTheFirstDirectoryAndThePlainNameBeforeCar() throws IOException {
    assertThat(pieces.find(FIRST)).isEmpty();

    Path carInB = Files.createFile(b.resolve(FIRST.cid() + ".car"));
    assertThat(pieces.find(FIRST)).contains(carInB);
    Path plainInB = Files.createFile(b.resolve(FIRST.cid()));
    assertThat(pieces.find(FIRST)).contains(plainInB);
    Path carInA = Files.createFile(a.resolve(FIRST.cid() + ".car"));
    assertThat(pieces.find(FIRST)).contains(carInA);
  }

  @Test
  void takesRegularFilesAndLinksToThemOnly() throws IOException {
    Files.createDirectory(a.resolve(FIRST.cid()));
    Files.createSymbolicLink(a.resolve(FIRST.cid() + ".car"), dir.resolve("nowhere"));
    assertThat(pieces.find(FIRST)).isEmpty();

    Path data = Files.createFile(dir.resolve("data"));
    Path link = Files.createSymbolicLink(b.resolve(FIRST.cid()), data);
    assertThat(pieces.find(FIRST)).contains(link);
  }

  @Test
  void findsAPieceWhoseCidIsRecordedInAnotherCase() throws IOException {
    Path file = Files.createFile(a.resolve(FIRST.cid()));
    Piece loud = new Piece(FIRST.cid().toUpperCase(Locale.ROOT), 1024, 0);

    assertThat(pieces.find(loud)).contains(file);
  }

  /** Seen to fail with fillers looked for: no provider has files of them. */
  @Test
  void locatesAllPiecesButTheFillers() throws IOException {
    Path first = Files.write(a.resolve(FIRST.cid()), new byte[1016]);
    Path second = Files.write(b.resolve(SECOND.cid() + ".car"), new byte[10]);

    assertThat(
            pieces.locate(List.of(FIRST, SECOND, ZeroPieces.piece(256, 1280), again(SECOND, 1536))))
        .containsExactly(
            Map.entry(FIRST, PieceFile.raw(first)),
            Map.entry(SECOND, PieceFile.raw(second)),
            Map.entry(again(SECOND, 1536), PieceFile.raw(second)));
    assertThat(pieces.locate(List.of())).isEmpty();
  }

  /** Seen to fail with the first missing piece thrown at once. */
  @Test
  void namesAllMissingPiecesWithTheirSizeAndEveryPathLookedAt() throws IOException {
    Piece third = piece("33", 128, 1280);
    Files.createFile(a.resolve(SECOND.cid()));

    assertThatThrownBy(() -> pieces.locate(List.of(FIRST, SECOND, third, again(third, 1408))))
        .isInstanceOf(PieceMissingException.class)
        .hasMessage(
            "2 pieces are missing: %s of 1024 bytes (1016 of data), looked for at %s; %s of 128"
                + " bytes (127 of data), looked for at %s.",
            FIRST.cid(), looked(FIRST), third.cid(), looked(third));
  }

  @Test
  void saysThatNoDirectoryIsConfigured() {
    assertThatThrownBy(() -> new LocalPieces(List.of()).locate(List.of(FIRST)))
        .isInstanceOf(PieceMissingException.class)
        .hasMessageStartingWith("A piece is missing: " + FIRST.cid())
        .hasMessageContaining("`worker.local_pieces_dirs` is empty");
  }

  /** Seen to fail with the sizes not compared, and with the padded size taken for the limit. */
  @Test
  void refusesAFileLongerThanItsPieceNamingBothSizes() throws IOException {
    Path file = Files.write(a.resolve(FIRST.cid()), new byte[1017]);

    assertThatThrownBy(() -> pieces.locate(List.of(FIRST)))
        .isInstanceOf(PieceTooLongException.class)
        .hasMessage(
            "The data is not the piece's: %s has 1017 bytes, piece %s holds at most 1016; put the"
                + " right data there and resume.",
            file, FIRST.cid());
  }

  private String looked(Piece piece) {
    return String.join(
        ", ",
        List.of(a, b, dir.resolve("unmounted")).stream()
            .flatMap(
                d ->
                    List.of(d.resolve(piece.cid()), d.resolve(piece.cid() + ".car")).stream()
                        .map(Path::toString))
            .toList());
  }

  private static Piece again(Piece piece, long offset) {
    return new Piece(piece.cid(), piece.size(), offset);
  }

  private static Piece piece(String filler, long size, long offset) {
    return new Piece(Cid.unsealed(new Commitment(filler.repeat(32))), size, offset);
  }
}
