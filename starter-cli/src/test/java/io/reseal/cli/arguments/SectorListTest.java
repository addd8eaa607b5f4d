package io.reseal.cli.arguments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.problem.RefusedException;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SectorListTest {

  @TempDir Path directory;

  private static SectorId sector(long number) {
    return new SectorId(1001, number);
  }

  @Test
  void numbersAndRangesAreTakenInOrderEachOnce() {
    SectorList list = new SectorList();
    list.add(1001, "7");
    list.add(1001, "5-8");
    list.add(1001, "3-3");
    assertThat(list.sectors())
        .containsExactly(sector(7), sector(5), sector(6), sector(8), sector(3));
    assertThat(list.doubled()).containsExactly(sector(7));
  }

  @Test
  void everyFormOfALineIsTaken() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("list"),
            """
            # the dead disk
            1
              2-3   # a range

            1002 4
            f01003/5
            t01003 6-7
            s-t01004-8
            """);
    SectorList list = new SectorList();
    list.addFile(file, 1001L);
    assertThat(list.sectors())
        .containsExactly(
            sector(1),
            sector(2),
            sector(3),
            new SectorId(1002, 4),
            new SectorId(1003, 5),
            new SectorId(1003, 6),
            new SectorId(1003, 7),
            new SectorId(1004, 8));
  }

  /** Fails when a bad line is passed over, or its place is not told. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "9-7|, line 2: '9-7' runs backwards: write it as 7-9.",
        "x|, line 2: 'x' is not a sector number: give a whole number from 0.",
        "1001 2 3|, line 2: '1001 2 3' is not a sector number",
        "m1/2|, line 2: 'm1' is not a miner",
        "0-1000000|, line 2: More than 1,000,000 sectors"
      })
  void aBadLineIsRefusedWithItsNumber(String line, String sentence) throws IOException {
    Path file = Files.writeString(directory.resolve("list"), "1\n" + line + "\n");
    assertThatThrownBy(() -> new SectorList().addFile(file, 1001L))
        .isInstanceOf(RefusedException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(sentence);
  }

  @Test
  void aBareNumberWithoutAMinerIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("list"), "1");
    assertThatThrownBy(() -> new SectorList().addFile(file, null))
        .hasMessageContaining(
            "line 1: '1' has no miner: write it as 1001 123, or give the miner on the command"
                + " line.");
  }

  @Test
  void aFileThatIsNotThereOrNoTextIsRefused() throws IOException {
    Path file = directory.resolve("list");
    assertThatThrownBy(() -> new SectorList().addFile(file, 1L))
        .isInstanceOf(RefusedException.class)
        .hasMessage("There is no file %s.".formatted(file));
    assertThatThrownBy(() -> new SectorList().addFile(directory, 1L))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("is a directory, not a file");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThatThrownBy(() -> new SectorList().addFile(file, 1L))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("is not a text file");
  }

  /** Several ranges together. Fails when only each range is looked at. */
  @Test
  void tooManyInAllAreRefused() {
    SectorList list = new SectorList();
    list.add(1, "1-1000000");
    assertThatThrownBy(() -> list.add(2, "1"))
        .hasMessage("More than 1,000,000 sectors: give fewer at a time.");
  }
}
