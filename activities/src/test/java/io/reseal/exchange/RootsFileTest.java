package io.reseal.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.record.SectorRoots;
import io.reseal.record.Sectors;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RootsFileTest {

  private static final SectorRoots ROOTS =
      SectorRoots.of(
          Sectors.empty().id(),
          Sectors.empty().commR(),
          new PAux(new Commitment("0a".repeat(32)), new Commitment("0b".repeat(32))),
          1_700_000_000_000L,
          "/store/cache/s-t01000-2/p_aux on host-a");

  @TempDir Path dir;

  private final List<RootsFile.Line> lines = new ArrayList<>();
  private final List<RootsFile.Fault> faults = new ArrayList<>();
  private final List<Integer> sizes = new ArrayList<>();

  private void read(String text) throws Exception {
    read(Files.writeString(dir.resolve("roots.jsonl"), text));
  }

  private void read(Path file) {
    RootsFile.each(
        file,
        2,
        some -> {
          sizes.add(some.size());
          lines.addAll(some);
        },
        faults::add);
  }

  /** Seen to fail when the last line was read only if it ended. */
  @Test
  void linesAreReadAsTheyWereWritten() throws Exception {
    String line = RootsFile.line(ROOTS);
    read("\ufeff" + line + "\r\n\n" + line + "\n" + line);
    assertThat(faults).isEmpty();
    assertThat(lines).extracting(RootsFile.Line::roots).containsExactly(ROOTS, ROOTS, ROOTS);
    assertThat(lines.get(2).place()).isEqualTo(dir.resolve("roots.jsonl") + ", line 4");
    assertThat(sizes).containsExactly(2, 1);
  }

  /** Seen to fail when a sector without its number was sector 0. */
  @Test
  void aLineThatCannotBeReadIsNamedAndBlocksNoOther() throws Exception {
    String line = RootsFile.line(ROOTS);
    read(
        String.join(
            "\n",
            "{not JSON",
            line.replace("\"number\":2", "\"other\":2"),
            line.replace("0a0a", "0a"),
            line.replace("bagboea4", "bagboea5"),
            line.replace("\"commC\"", "\"commX\""),
            line + line,
            "null",
            "x".repeat(100_000),
            line.replace("}", ",\"later\":1}"),
            line));
    assertThat(lines)
        .extracting(RootsFile.Line::place)
        .allMatch(place -> place.endsWith("line 9") || place.endsWith("line 10"))
        .hasSize(2);
    assertThat(faults)
        .extracting(RootsFile.Fault::place)
        .allMatch(place -> place.startsWith(dir.resolve("roots.jsonl") + ", line "))
        .hasSize(8);
    assertThat(faults)
        .extracting(RootsFile.Fault::why)
        .allMatch(why -> why.endsWith(".") && !why.contains("io.reseal"))
        .anyMatch(why -> why.contains("has 32 bytes (64 hex digits)"))
        .anyMatch(why -> why.contains("is not the CID of CommR"))
        .anyMatch(why -> why.contains("more than 16,384 bytes"));
  }

  @Test
  void whatIsNoFileIsRefused() throws Exception {
    assertThatThrownBy(() -> read(dir.resolve("none"))).hasMessageContaining("There is no file");
    assertThatThrownBy(() -> read(dir)).hasMessageContaining("is a directory, not a file");
    Path fifo = dir.resolve("fifo");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> read(fifo)).hasMessageContaining("is a pipe");
  }
}
