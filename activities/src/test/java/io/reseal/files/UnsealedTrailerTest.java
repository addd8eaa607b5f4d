package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.reseal.sector.SectorSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnsealedTrailerTest {

  @TempDir Path dir;

  /** Seen to fail with the runs read from the most significant bit. */
  @Test
  void readsWhatAMinerWroteOfASectorFilledToItsEnd() throws IOException {
    Path file = write(resource("unsealed-s-t01001-3"));

    assertThat(UnsealedTrailer.covers(file, 0, 2048)).isTrue();
    assertThat(UnsealedTrailer.covers(file, 1024, 1024)).isTrue();
    assertThat(UnsealedTrailer.covers(file, 2048, 128)).isFalse();
  }

  /** The miner dropped the filler at the end. Seen to fail with the trailer not looked at. */
  @Test
  void readsWhatAMinerWroteOfASectorThatLacksItsEnd() throws IOException {
    Path file = write(resource("unsealed-s-t01001-2"));

    assertThat(UnsealedTrailer.covers(file, 0, 1536)).isTrue();
    assertThat(UnsealedTrailer.covers(file, 1024, 512)).isTrue();
    assertThat(UnsealedTrailer.covers(file, 1536, 512)).isFalse();
    assertThat(UnsealedTrailer.covers(file, 1024, 1024)).isFalse();
  }

  /** As damocles writes them. */
  @Test
  void takesAFileOfJustTheSectorsSizeForWhole() throws IOException {
    Path file = write(new byte[2048]);

    assertThat(UnsealedTrailer.covers(file, 1024, 1024)).isTrue();
  }

  /**
   * A file of which only the middle is there: a run of nothing comes first. Bits 00 (version), 0
   * (the first run is not there), then runs of 1024 and 512 bytes. Seen to fail with the first run
   * taken for data.
   */
  @Test
  void readsRunsThatBeginWithNothing() throws IOException {
    byte[] file = new byte[2048 + 8];
    // 00 0 | 00 0000000-1 0001000-0 | 00 0000000-1 0010000-0, least significant bit first.
    byte[] runs = bits("000" + "00" + "00000001" + "00010000" + "00" + "00000001" + "00100000");
    byte[] whole = Arrays.copyOf(file, 2048 + runs.length + 4);
    System.arraycopy(runs, 0, whole, 2048, runs.length);
    whole[2048 + runs.length] = (byte) runs.length;
    Path written = write(whole);

    assertThat(UnsealedTrailer.covers(written, 1024, 512)).isTrue();
    assertThat(UnsealedTrailer.covers(written, 0, 1024)).isFalse();
    assertThat(UnsealedTrailer.covers(written, 1536, 512)).isFalse();
  }

  @Test
  void refusesAFileThatWasCutOff() throws IOException {
    byte[] whole = resource("unsealed-s-t01001-3");
    for (int length : new int[] {0, 3, 100, 2047, 2049, 2054}) {
      Path file = write(Arrays.copyOf(whole, length));

      assertThatThrownBy(() -> UnsealedTrailer.covers(file, 0, 128))
          .as("%d bytes", length)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("has %d bytes".formatted(length));
    }
  }

  /** Whatever the end of a file holds, the answer is yes, no or a refusal. */
  @Test
  void survivesAnyEnd() throws IOException {
    Random random = new Random(5);
    for (int round = 0; round < 500; round++) {
      int runs = random.nextInt(12);
      byte[] whole = new byte[2048 + runs + 4];
      random.nextBytes(whole);
      whole[2048 + runs] = (byte) runs;
      Arrays.fill(whole, 2048 + runs + 1, whole.length, (byte) 0);
      Path file = write(whole);

      Throwable thrown = catchThrowable(() -> UnsealedTrailer.covers(file, 0, 2048));
      assertThat(thrown == null || thrown instanceof IOException).as("%s", thrown).isTrue();
    }
  }

  private static byte[] bits(String bits) {
    byte[] bytes = new byte[(bits.length() + 7) / 8];
    for (int i = 0; i < bits.length(); i++) {
      bytes[i / 8] |= (byte) (bits.charAt(i) == '1' ? 1 << (i % 8) : 0);
    }
    return bytes;
  }

  private Path write(byte[] content) throws IOException {
    return Files.write(dir.resolve("unsealed"), content);
  }

  // Catches: a copy that a miner takes for incomplete.
  @Test
  void writesWhatAMinerWrites() throws IOException {
    byte[] recorded = resource("unsealed-s-t01001-3");

    assertThat(UnsealedTrailer.whole(SectorSize.KIB_2))
        .isEqualTo(Arrays.copyOfRange(recorded, 2048, recorded.length));
  }

  // Catches: a length that is cut to 32 bits; a list that ends in a zero byte, which a miner's
  // software refuses.
  @ParameterizedTest
  @EnumSource(SectorSize.class)
  void readsWhatItWrites(SectorSize size) throws IOException {
    Path file = dir.resolve("sparse");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.seek(size.bytes());
      sparse.write(UnsealedTrailer.whole(size));
    }

    byte[] trailer = UnsealedTrailer.whole(size);
    assertThat(trailer[trailer.length - 5]).isNotZero();
    assertThat(UnsealedTrailer.dataBytes(file)).isEqualTo(size.bytes());
    assertThat(UnsealedTrailer.covers(file, 0, size.bytes())).isTrue();
    assertThat(UnsealedTrailer.covers(file, 128, size.bytes())).isFalse();
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = UnsealedTrailerTest.class.getResourceAsStream("/pieces/" + name)) {
      return in.readAllBytes();
    }
  }
}
