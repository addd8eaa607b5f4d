package io.reseal.files;

import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;

/**
 * The copies that are being written to stores. One whose sector is written again meanwhile was left
 * because it hangs, and so does its store until that copy ends.
 */
final class CopiesUnderWay {

  private final List<Copy> copies = new ArrayList<>();

  /** A copy that is being written. */
  final class Copy {

    private final SectorId sector;
    private final Store store;
    private boolean left;

    private Copy(SectorId sector, Store store) {
      this.sector = sector;
      this.store = store;
    }

    /** It has ended in any way. */
    void ended() {
      synchronized (CopiesUnderWay.this) {
        copies.remove(this);
      }
    }
  }

  synchronized Copy begin(SectorId sector, Store store) {
    Copy copy = new Copy(sector, store);
    copies.add(copy);
    return copy;
  }

  /** The sector is about to be written again: copies of it that are under way were left. */
  synchronized void left(SectorId sector) {
    copies.stream().filter(copy -> copy.sector.equals(sector)).forEach(copy -> copy.left = true);
  }

  synchronized boolean hangIn(Store store) {
    return copies.stream().anyMatch(copy -> copy.left && copy.store == store);
  }
}
