package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Seal proofs in a real MariaDB. */
class ProofRepositoryIT {

  private static final SectorId SECTOR = new SectorId(1001, 7);

  private Catalog catalog;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private static SectorProof proof(SectorId sector, String bytes, long madeAt) {
    return new SectorProof(
        sector,
        SealProof.KIB_2_V1_1,
        new Randomness("01".repeat(32), -5),
        new Randomness("02".repeat(32), 4_000_000),
        "baga6ea4seaqpy7usqklokfx2vxuynmupslkeutzexe2uqurdg5vhtebhxqmpqmy",
        "bagboea4b5abcar75leghp2z7de6zvywr7za273ayn6phrxb3cbmyiy5zjhsnp4kh",
        bytes,
        "run-1",
        madeAt);
  }

  @Test
  void aProofIsReadBackAsItWasKept() {
    SectorProof proof = proof(SECTOR, "ab".repeat(1920), 1_700_000_000_123L);
    catalog.proofs().keep(proof);
    assertThat(catalog.proofs().of(SECTOR)).containsExactly(proof);
    assertThat(catalog.proofs().of(new SectorId(1001, 8))).isEmpty();
  }

  // Seen to fail: with a plain INSERT.
  @Test
  void keepingItAgainChangesNothingAndAnotherOneComesFirst() {
    SectorProof first = proof(SECTOR, "ab", 1);
    SectorProof second = proof(SECTOR, "cd", 2);
    catalog.proofs().keep(first);
    catalog.proofs().keep(second);
    catalog.proofs().keep(proof(SECTOR, "ab", 9));
    assertThat(catalog.proofs().of(SECTOR)).containsExactly(second, first);
  }
}
