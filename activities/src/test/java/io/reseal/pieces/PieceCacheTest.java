package io.reseal.pieces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PieceCacheTest {

  private static final SectorId FIRST = new SectorId(1001, 1);
  private static final SectorId SECOND = new SectorId(1001, 2);

  @TempDir Path dir;

  private Instant now = Instant.parse("2026-11-22T00:00:00Z");

  /**
   * Seen to fail with the newest removed first, and with pieces not touched when they are needed.
   */
  @Test
  void whatWasNotUsedForLongestMakesRoom() throws Exception {
    PieceCache cache = cache(2048);
    bring(cache, FIRST, TestPieces.ONE);
    bring(cache, FIRST, TestPieces.FOUR);
    bring(cache, FIRST, TestPieces.TWO);
    later(Duration.ofMinutes(1));
    cache.need(FIRST, TestPieces.pieces(TestPieces.ONE));
    later(Duration.ofMinutes(1));
    cache.release(FIRST);

    bring(cache, SECOND, TestPieces.THREE);

    assertThat(has(cache, TestPieces.THREE)).isTrue();
    assertThat(has(cache, TestPieces.ONE)).isTrue();
    assertThat(has(cache, TestPieces.FOUR)).isFalse();
    assertThat(has(cache, TestPieces.TWO)).isFalse();
  }

  /** Seen to fail with `needed` not read. */
  @Test
  void whatARunningRebuildNeedsStays() throws Exception {
    PieceCache cache = cache(1536);
    bring(cache, FIRST, TestPieces.TWO);
    later(Duration.ofDays(6));

    assertThatThrownBy(() -> bring(cache, SECOND, TestPieces.THREE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(TestPieces.THREE.cid())
        .hasMessageContaining("1016 are needed by running rebuilds")
        .hasMessageContaining("`pieces.cache_size`");
    assertThat(has(cache, TestPieces.TWO)).isTrue();

    cache.release(FIRST);
    bring(cache, SECOND, TestPieces.THREE);
    assertThat(has(cache, TestPieces.TWO)).isFalse();
  }

  /** A worker that was killed leaves its word behind. */
  @Test
  void aRebuildThatHasNotAskedForAWeekNeedsNothing() throws Exception {
    PieceCache cache = cache(1536);
    bring(cache, FIRST, TestPieces.TWO);
    later(Duration.ofDays(8));

    bring(cache(1536), SECOND, TestPieces.THREE);

    assertThat(has(cache, TestPieces.TWO)).isFalse();
  }

  /** Two downloads that have just begun must not be given the same room. */
  @Test
  void aPieceOnItsWayCountsAsWhole() throws Exception {
    PieceCache cache = cache(1536);
    cache.need(FIRST, TestPieces.pieces(TestPieces.TWO));
    cache.reserve(TestPieces.TWO.piece());
    cache.need(SECOND, TestPieces.pieces(TestPieces.THREE));

    assertThatThrownBy(() -> cache.reserve(TestPieces.THREE.piece()))
        .hasMessageContaining("no space left");
    assertThat(cache.partial(TestPieces.TWO.piece())).exists();
  }

  @Test
  void aPieceThatIsLargerThanTheCacheIsRefusedAndNothingIsRemoved() throws Exception {
    PieceCache cache = cache(1000);
    bring(cache, FIRST, TestPieces.ONE);
    cache.release(FIRST);

    assertThatThrownBy(() -> bring(cache, SECOND, TestPieces.TWO))
        .hasMessageContaining("no space left");
    assertThat(has(cache, TestPieces.ONE)).isTrue();
  }

  /** A directory that nobody mounted must not fill the disk under it. */
  @Test
  void aCacheWithoutItsDirectoryIsNotMade() {
    PieceCache cache = new PieceCache(dir.resolve("unmounted"), 2048, () -> now);

    assertThatThrownBy(() -> cache.need(FIRST, TestPieces.pieces(TestPieces.ONE)))
        .hasMessageContaining("is its disk mounted?");
    assertThat(dir.resolve("unmounted")).doesNotExist();
  }

  @Test
  void anAnswerChangesNothing() throws Exception {
    assertThat(cache(2048).ask(FIRST, TestPieces.ONE.piece()))
        .singleElement()
        .matches(Answer::isAbsent);
    assertThat(dir).isEmptyDirectory();
  }

  private PieceCache cache(long capacity) {
    return new PieceCache(dir, capacity, () -> now);
  }

  private void later(Duration duration) {
    now = now.plus(duration);
  }

  private void bring(PieceCache cache, SectorId sector, TestPieces data) throws Exception {
    later(Duration.ofMinutes(1));
    Piece piece = data.piece();
    cache.need(sector, List.of(piece));
    cache.reserve(piece);
    Files.write(cache.partial(piece), data.data());
    cache.keep(piece);
  }

  private static boolean has(PieceCache cache, TestPieces data) {
    return cache.has(data.piece());
  }
}
