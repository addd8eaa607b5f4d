package io.reseal.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.reading.OddFile;
import io.reseal.record.Findings;
import io.reseal.record.Reading;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of other systems, damaged at random: each is read or refused with a sentence. */
class ParsersTest {

  private static final int ROUNDS = 400;

  /** Reads a file. */
  private interface Parser {
    Reading read(Path file);
  }

  @TempDir private Path folder;

  static Stream<Arguments> samples() {
    return Stream.of(
        sample("damocles/snapped.json", DamoclesReader::read),
        sample("lotus-t01001-3.json", DamoclesReader::read),
        sample(
            "lotus-t01001-3.json",
            file -> Reading.of(List.of(Findings.of(DamoclesReader.record(file))))),
        sample(
            "sealer-recover/sectors-recovery-t01001.json",
            file -> SealerRecoverFile.read(file, Optional.empty())),
        sample("lotus-miner/status-snapped.txt", file -> LotusStatusText.read(1001, file)),
        sample("lotus-miner/status-pieces.txt", file -> LotusStatusText.read(1001, file)));
  }

  private static Arguments sample(String name, Parser parser) {
    return Arguments.of(name, parser);
  }

  /** Seen to catch a damaged event of the log whose refusal named no file. */
  @ParameterizedTest
  @MethodSource("samples")
  void damagedFilesAreReadOrRefusedWithASentence(String name, Parser parser) throws IOException {
    byte[] whole = Resources.text(name).getBytes(StandardCharsets.UTF_8);
    Random random = new Random(5);
    Path file = folder.resolve("damaged");
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Files.write(file, damage(whole, random));
      try {
        Reading reading = parser.read(file);
        reading.leftOut().forEach(ParsersTest::assertSentence);
        refused += reading.leftOut().size();
        assertThat(reading.findings().size() + reading.leftOut().size()).isPositive();
      } catch (SectorStateException e) {
        refused++;
        assertSentence(e.getMessage());
      }
    }
    assertThat(refused).isPositive();
  }

  // Catches: an import that hangs at a pipe, or reads a file without end.
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LINK")
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void oddFilesAreRefused(OddFile odd) throws IOException {
    Path file = Files.writeString(folder.resolve("state.json"), "{}");
    odd.putInPlaceOf(file);

    assertThatThrownBy(() -> DamoclesReader.read(file))
        .isInstanceOf(SectorStateException.class)
        .hasMessageContaining(file.toString());
  }

  private static void assertSentence(String message) {
    assertThat(message).contains("damaged").endsWith(".");
  }

  private static byte[] damage(byte[] whole, Random random) {
    String text = new String(whole, StandardCharsets.ISO_8859_1);
    int changes = 1 + random.nextInt(3);
    for (int change = 0; change < changes && !text.isEmpty(); change++) {
      int from = random.nextInt(text.length());
      int to = Math.min(text.length(), from + random.nextInt(40));
      text =
          switch (random.nextInt(6)) {
            case 0 -> text.substring(0, from);
            case 1 -> text.substring(0, from) + text.substring(to);
            case 2 -> text.substring(0, to) + text.substring(from);
            case 3 -> text.substring(0, from) + (char) random.nextInt(256) + text.substring(from);
            case 4 ->
                text.substring(0, from)
                    + List.of(
                            "null", "{}", "[]", "\"\"", "-1", "99999999999999999999", "1e9", "true")
                        .get(random.nextInt(8))
                    + text.substring(to);
            default -> text.substring(0, from) + "9" + text.substring(from);
          };
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
