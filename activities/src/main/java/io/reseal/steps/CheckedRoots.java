package io.reseal.steps;

import io.reseal.catalog.RootsRepository;
import io.reseal.catalog.RootsRepository.Verdict;
import io.reseal.contract.SectorFacts;
import io.reseal.core.CoreException;
import io.reseal.core.NativeCore;
import io.reseal.files.Replica;
import io.reseal.files.SectorFiles;
import io.reseal.reading.SmallFile;
import io.reseal.record.SectorRoots;
import io.reseal.sector.Cid;
import io.reseal.sector.PAux;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Keeps in the catalog what the {@code p_aux} of copies that were checked say. */
public final class CheckedRoots implements StoredCopies.Roots {

  private final RootsRepository repository;
  private final NativeCore core;
  private final String host;

  /**
   * @param host the name of the host that has the copies
   */
  public CheckedRoots(RootsRepository repository, NativeCore core, String host) {
    this.repository = repository;
    this.core = core;
    this.host = host;
  }

  @Override
  public boolean keep(SectorFacts facts, Replica replica, Path pAux, byte[] content)
      throws CoreException {
    if (content.length != PAux.BYTES) {
      return false;
    }
    SectorRoots roots =
        SectorRoots.of(
            facts.sector(),
            Cid.sealed(ReplicaFacts.of(facts, replica).commR()),
            PAux.of(content),
            System.currentTimeMillis(),
            source(pAux, host));
    return repository.keep(core, List.of(roots)).get(0) != Verdict.WRONG;
  }

  /**
   * Keeps the roots of a copy that was checked before.
   *
   * @return whether they give the replica's CommR
   */
  public boolean keep(SectorFacts facts, Replica replica, SectorFiles copy)
      throws IOException, CoreException {
    Path pAux = copy.pAux(replica);
    return keep(facts, replica, pAux, SmallFile.read(pAux));
  }

  /** Where roots were read, as the catalog has it. */
  static String source(Path file, String host) {
    return "%s on %s".formatted(file, host);
  }
}
