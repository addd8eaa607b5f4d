package io.reseal.catalog;

import io.reseal.sector.SectorId;
import java.util.List;

/** The seal proofs that rebuilds have made. */
public final class ProofRepository {

  private final CatalogAccess access;

  ProofRepository(CatalogAccess access) {
    this.access = access;
  }

  /** Stores a proof permanently; repeating it changes nothing. */
  public void keep(SectorProof proof) {
    access.write(ProofTable.class, table -> table.insertUnlessThere(proof));
  }

  /** A sector's proofs, the newest first. */
  public List<SectorProof> of(SectorId sector) {
    return access.read(ProofTable.class, table -> table.of(sector));
  }
}
