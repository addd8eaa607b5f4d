package io.reseal.files;

import static io.reseal.sector.SectorSize.NODE_BYTES;

import io.reseal.sector.SectorSize;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The content of {@code t_aux}: the names and sizes of a replica's layers and trees, in Rust's
 * bincode, with {@code .} for every path as the core writes it. It follows from the sector's size.
 */
final class TAux {

  private static final int MOST_BYTES = 1024;

  private final ByteBuffer out = ByteBuffer.allocate(MOST_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  private TAux() {}

  static byte[] of(SectorSize size) {
    SectorGeometry geometry = SectorGeometry.of(size);
    TAux file = new TAux();
    file.out.putLong(geometry.layers());
    for (int layer = 1; layer <= geometry.layers(); layer++) {
      file.tree("layer-" + layer, geometry.sectorBytes(), 0);
    }
    file.tree("tree-d", geometry.treeDBytes(), 0);
    // The size of tree R is that of tree C, before its lowest rows are left out.
    file.tree("tree-r-last", geometry.treeCBytes(), geometry.discardedRows());
    file.tree("tree-c", geometry.treeCBytes(), 0);
    byte[] content = new byte[file.out.position()];
    file.out.get(0, content);
    return content;
  }

  private void tree(String name, long bytes, int discardedRows) {
    text(".");
    text(name);
    out.put((byte) 1).putLong(bytes / NODE_BYTES).putLong(discardedRows);
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    out.putLong(bytes.length).put(bytes);
  }
}
