package io.reseal.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.sector.SectorSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** For small sectors, {@code KeptFilesIT} compares the bytes with the core's. */
class TAuxTest {

  // Catches: sizes that are right only where there is one file for a tree.
  @Test
  void namesTheTreesOfARealSectorWithTheirSizes() {
    byte[] content = TAux.of(SectorSize.GIB_32);

    assertThat(TAux.of(SectorSize.KIB_2)).hasSize(215);
    assertThat(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).getLong()).isEqualTo(11);
    assertThat(size(content, "layer-11")).isEqualTo(1_073_741_824L);
    assertThat(size(content, "tree-d")).isEqualTo(2_147_483_647L);
    assertThat(size(content, "tree-r-last")).isEqualTo(153_391_689L);
    assertThat(size(content, "tree-c")).isEqualTo(153_391_689L);
  }

  private static long size(byte[] content, String name) {
    String text = new String(content, StandardCharsets.ISO_8859_1);
    return ByteBuffer.wrap(content)
        .order(ByteOrder.LITTLE_ENDIAN)
        .getLong(text.indexOf(name) + name.length() + 1);
  }
}
