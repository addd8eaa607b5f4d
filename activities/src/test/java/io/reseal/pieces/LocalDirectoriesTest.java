package io.reseal.pieces;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalDirectoriesTest {

  private static final SectorId SECTOR = new SectorId(1001, 3);
  private static final Piece PIECE =
      new Piece(Cid.unsealed(new Commitment("11".repeat(32))), 1024, 0);

  @TempDir Path dir;

  private Path a;
  private Path b;
  private LocalDirectories directories;

  @BeforeEach
  void makeDirectories() throws IOException {
    a = Files.createDirectory(dir.resolve("a"));
    b = Files.createDirectory(dir.resolve("b"));
    directories = new LocalDirectories(List.of(a, b, dir.resolve("unmounted")));
  }

  /** Seen to fail with the directories asked in another order, and with .car asked first. */
  @Test
  void takesTheFirstDirectoryAndThePlainNameBeforeCar() throws IOException {
    assertThat(find(PIECE)).isEmpty();

    Path carInB = Files.createFile(b.resolve(PIECE.cid() + ".car"));
    assertThat(find(PIECE)).contains(TestPieces.raw(carInB));
    Path plainInB = Files.createFile(b.resolve(PIECE.cid()));
    assertThat(find(PIECE)).contains(TestPieces.raw(plainInB));
    Path carInA = Files.createFile(a.resolve(PIECE.cid() + ".car"));
    assertThat(find(PIECE)).contains(TestPieces.raw(carInA));
  }

  // Catches: a CARv2 file that is called unfit, or other data, without a word on what is in it.
  @ParameterizedTest
  @CsvSource({"303, 200, HERE", "1100, 997, UNFIT"})
  void saysHowToGetThePieceOutOfACarV2(int length, long payload, Answer.Verdict verdict)
      throws IOException {
    ByteBuffer file = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(HexFormat.of().parseHex("0aa16776657273696f6e02")).put(new byte[16]);
    file.putLong(51).putLong(payload);
    Path path = Files.write(a.resolve(PIECE.cid() + ".car"), file.array());
    Answer answer =
        directories.ask(SECTOR, PIECE).stream()
            .filter(one -> !one.isAbsent())
            .findFirst()
            .orElseThrow();
    assertThat(answer.verdict()).isEqualTo(verdict);
    assertThat(answer.text())
        .endsWith(
            "; it is a CARv2 file, and the piece is probably the CARv1 inside it: `tail -c +52 %s | head -c %d` extracts that"
                .formatted(path, payload));
  }

  /** Catches: files that newer tools name by CIDs of version 2, called absent. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bafkzcibcaaccztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky",
        "bafkzcibcauccztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky.car",
        "bafkzcibdvqbailgnezpsjta4v3y3jcfodjdinytv7ykn6y43iwk6xnmqvs7frxzl"
      })
  void findsFilesNamedByVersion2HoweverMuchOfThePieceIsData(String name) throws IOException {
    String version1 = "baga6ea4seaqcztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky";
    Path file = Files.createFile(b.resolve(name));
    assertThat(find(new Piece(version1, 512, 0))).contains(TestPieces.raw(file));
    assertThat(find(new Piece(version1, 1024, 0))).isEmpty();
    assertThat(find(PIECE)).isEmpty();
  }

  // Catches: a directory that is listed for each piece, and a file that is added later not found.
  @Test
  void listsADirectoryForNamesOfVersion2AgainOnlyAfterItHasChanged() throws IOException {
    Piece piece =
        new Piece("baga6ea4seaqcztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky", 512, 0);
    String name = "bafkzcibcaaccztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky";
    Version2Files files = new Version2Files(b, InstantSource.system());
    FileTime longAgo = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    Files.setLastModifiedTime(b, longAgo);
    assertThat(files.of(piece)).isEmpty();

    Path file = Files.createFile(b.resolve(name));
    Files.setLastModifiedTime(b, longAgo);
    assertThat(files.of(piece)).isEmpty();
    Files.setLastModifiedTime(b, FileTime.from(Instant.parse("2026-01-02T00:00:00Z")));
    assertThat(files.of(piece)).containsExactly(file);
  }

  // Catches: a file that was added in the same moment as the one before, never found.
  @Test
  void doesNotTrustAListOfADirectoryThatHasJustChanged() throws IOException {
    Piece piece =
        new Piece("baga6ea4seaqcztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky", 512, 0);
    Version2Files files =
        new Version2Files(b, InstantSource.fixed(Instant.parse("2026-01-01T00:00:01Z")));
    FileTime justNow = FileTime.from(Instant.parse("2026-01-01T00:00:00Z"));
    Files.setLastModifiedTime(b, justNow);
    assertThat(files.of(piece)).isEmpty();
    Path file =
        Files.createFile(
            b.resolve("bafkzcibcaaccztjgl4smyhfo6g2irlq2i2doe5p6ctpwhg2fsxv3lefmxzmn6ky"));
    Files.setLastModifiedTime(b, justNow);
    assertThat(files.of(piece)).containsExactly(file);
  }

  @Test
  void takesRegularFilesAndLinksToThemOnly() throws IOException {
    Files.createDirectory(a.resolve(PIECE.cid()));
    Files.createSymbolicLink(a.resolve(PIECE.cid() + ".car"), dir.resolve("nowhere"));
    assertThat(find(PIECE)).isEmpty();

    Path data = Files.createFile(dir.resolve("data"));
    Path link = Files.createSymbolicLink(b.resolve(PIECE.cid()), data);
    assertThat(find(PIECE)).contains(TestPieces.raw(link));
  }

  @Test
  void findsAPieceWhoseCidIsRecordedInAnotherCase() throws IOException {
    Path file = Files.createFile(a.resolve(PIECE.cid()));

    assertThat(find(new Piece(PIECE.cid().toUpperCase(Locale.ROOT), 1024, 0)))
        .contains(TestPieces.raw(file));
  }

  /** Seen to fail with the form told by the name. */
  @Test
  void aFileOfJustThePiecesPaddedSizeIsPadded() throws IOException {
    Path file = Files.write(a.resolve(PIECE.cid()), new byte[1024]);

    assertThat(find(PIECE)).contains(new PieceFile(file, 0, true));
  }

  /** Seen to fail with the sizes not compared, and with the padded size taken for the limit. */
  @Test
  void aFileThatIsLongerThanThePieceIsPassedByAndNamed() throws IOException {
    Path tooLong = Files.write(a.resolve(PIECE.cid()), new byte[1017]);
    Path right = Files.write(b.resolve(PIECE.cid()), new byte[1016]);

    assertThat(find(PIECE)).contains(TestPieces.raw(right));
    assertThat(directories.ask(SECTOR, PIECE))
        .first()
        .hasToString(
            "%s (has 1017 bytes, piece %s holds at most 1016)".formatted(tooLong, PIECE.cid()));
  }

  private Optional<PieceFile> find(Piece piece) {
    return directories.ask(SECTOR, piece).stream()
        .flatMap(answer -> answer.file().stream())
        .findFirst();
  }
}
