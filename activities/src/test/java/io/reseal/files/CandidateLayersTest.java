package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.contract.SectorFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers of other inputs beside a sector's own scratch files. */
class CandidateLayersTest {

  private static final SectorFacts RECORDED = TestSector.facts(1);
  private static final SectorFacts SECOND = TestSector.facts(2);
  private static final SectorFacts THIRD = TestSector.facts(3);

  @TempDir(factory = MemoryDir.class)
  Path top;

  /** The sector is sealed with the recorded inputs; all layers of both others are made. */
  private static Scratch labelled(Path location) throws IOException {
    Files.createDirectories(location);
    Scratch scratch = new Scratch(location);
    Files.writeString(scratch.claim(RECORDED).layer(1), "recorded");
    CandidateLayers layers = scratch.candidates(TestSector.ID);
    Files.writeString(layers.begin(SECOND).layer(1), "second");
    Files.writeString(layers.begin(THIRD).layer(1), "third");
    layers.whole(SECOND);
    layers.whole(THIRD);
    return scratch;
  }

  // Catches: layers that are made twice, those of other inputs that are taken for the sector's, and
  // those of the next ones that are lost.
  @Test
  void theirTurnMakesThemTheSectorsOwnWhereverACrashHappens() throws IOException {
    int n = 1;
    boolean crashed = true;
    while (crashed) {
      Path location = top.resolve("crash-" + n);
      labelled(location);
      crashed =
          Crash.happens(
              n, durable -> new Scratch(location, durable, FreeSpace.ofDisk()).claim(SECOND));

      SectorFiles own = new Scratch(location).claim(SECOND);

      assertThat(own.layer(1)).hasContent("second");
      CandidateLayers layers = new Scratch(location).candidates(TestSector.ID);
      assertThat(layers.areWhole(THIRD)).isTrue();
      assertThat(layers.areWhole(SECOND)).isFalse();
      assertThat(new Scratch(location).claim(THIRD).layer(1)).hasContent("third");
      n++;
    }
    assertThat(n).isGreaterThan(10);
  }

  // Catches: layers that go on taking room after a rebuild, or when it begins again from zero.
  @Test
  void removingTheSectorRemovesThem() throws IOException {
    Scratch scratch = labelled(top);
    scratch.remove(TestSector.ID);
    assertThat(scratch.candidates(TestSector.ID).areWhole(SECOND)).isFalse();
    assertThat(TestSector.tree(top)).isEmpty();
  }

  // Catches: room that is promised to another sector while layers are still being made.
  @Test
  void whatIsBegunWillTakeAllItsRoom() throws IOException {
    Scratch scratch = new Scratch(top);
    scratch.claim(RECORDED);
    long before = scratch.needOf(TestSector.ID, TestSector.KIND).bytes();
    CandidateLayers layers = scratch.candidates(TestSector.ID);

    Files.writeString(layers.begin(SECOND).layer(1), "x".repeat(2048));
    long each = CandidateLayers.bytes(SECOND);
    assertThat(each).isEqualTo(2 * 2048);
    assertThat(scratch.needOf(TestSector.ID, TestSector.KIND).bytes())
        .isBetween(before + 1, before + each - 2048);

    layers.whole(SECOND);
    assertThat(scratch.needOf(TestSector.ID, TestSector.KIND).bytes()).isEqualTo(before);
  }
}
