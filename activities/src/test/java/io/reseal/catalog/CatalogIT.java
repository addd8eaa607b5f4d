package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CatalogIT {
  @Test
  void opensTwice() {
    CatalogSettings s = CatalogDatabase.fresh();
    for (int i = 0; i < 3; i++) {
      long t = System.nanoTime();
      try (Catalog c = Catalog.open(s)) {
        c.check();
        assertThat(c.sectors().list(java.util.Optional.empty())).isEmpty();
        assertThat(
                c.runs()
                    .unfinished(new RunFilter(1L, "h", io.reseal.sector.RebuildState.EMPTY, true)))
            .isEmpty();
        assertThat(c.runs().unfinished(RunFilter.ANY)).isEmpty();
        assertThat(c.threads().all()).isEmpty();
      }
      System.out.println((System.nanoTime() - t) / 1000000);
    }
  }
}
