package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.catalog.RootsRepository.Verdict;
import io.reseal.inspection.RootsHash;
import io.reseal.record.SectorRecord;
import io.reseal.record.SectorRoots;
import io.reseal.record.Sectors;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import io.reseal.sector.PAux;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Roots of trees in a real MariaDB. What they hash to is made up. */
class RootsRepositoryIT {

  private static final SectorRecord SNAPPED = Sectors.snapped();
  private static final PAux OF_KEY = pAux("0a", "0b");
  private static final PAux OF_UPDATE = pAux("0a", "0c");

  private final Map<PAux, Commitment> hashes = new HashMap<>();
  private final RootsHash<RuntimeException> hash = roots -> Optional.ofNullable(hashes.get(roots));

  private Catalog catalog;
  private RootsRepository repository;

  @BeforeEach
  void open() {
    catalog = Catalog.open(CatalogDatabase.migrated());
    repository = catalog.roots();
    hashes.put(OF_KEY, Cid.ofSealed(SNAPPED.commR()));
    hashes.put(OF_UPDATE, Cid.ofSealed(SNAPPED.snap().commR()));
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  private static PAux pAux(String commC, String commRLast) {
    return new PAux(new Commitment(commC.repeat(32)), new Commitment(commRLast.repeat(32)));
  }

  private static SectorRoots roots(String commR, PAux pAux, long at) {
    return SectorRoots.of(SNAPPED.id(), commR, pAux, at, "store \"a\"");
  }

  /** Seen to fail when roots were kept before their hash was compared. */
  @Test
  void onlyRootsThatGiveTheirCommRAreKept() {
    SectorRoots key = roots(SNAPPED.commR(), OF_KEY, 1);
    SectorRoots wrong = roots(SNAPPED.snap().commR(), OF_KEY, 1);
    SectorRoots none = roots(SNAPPED.snap().commR(), pAux("ff", "ff"), 1);
    assertThat(repository.keep(hash, List.of(wrong, key, none)))
        .containsExactly(Verdict.WRONG, Verdict.LEARNED, Verdict.WRONG);
    assertThat(repository.of(SNAPPED)).containsExactly(key);
  }

  /** Seen to fail when the later ones replaced those that were learned first. */
  @Test
  void theSameRootsReadElsewhereAreKnown() {
    SectorRoots first = roots(SNAPPED.commR(), OF_KEY, 1);
    repository.keep(hash, List.of(first));
    assertThat(repository.keep(hash, List.of(roots(SNAPPED.commR(), OF_KEY, 2))))
        .containsExactly(Verdict.KNOWN);
    assertThat(repository.of(SNAPPED)).containsExactly(first);
  }

  /**
   * The root of tree C is that of both replicas. Seen to fail when a snapped sector's update was
   * not looked at, and when what was known of another CommR counted.
   */
  @Test
  void eitherReplicaGivesTheRootOfTreeC() {
    assertThat(repository.commC(SNAPPED)).isEmpty();
    SectorRoots update = roots(SNAPPED.snap().commR(), OF_UPDATE, 1);
    repository.keep(hash, List.of(update));
    assertThat(repository.commC(SNAPPED)).contains(OF_UPDATE.commC());
    SectorRoots key = roots(SNAPPED.commR(), OF_KEY, 2);
    repository.keep(hash, List.of(key));
    assertThat(repository.of(SNAPPED)).containsExactly(key, update);

    SectorRecord other = Sectors.bare(SNAPPED.id().miner(), SNAPPED.id().number());
    assertThat(repository.commC(other)).isEmpty();
  }

  @Test
  void rootsOfOneMinerOrOfAllAreListedInOrder() {
    SectorRoots key = roots(SNAPPED.commR(), OF_KEY, 1);
    SectorRoots update = roots(SNAPPED.snap().commR(), OF_UPDATE, 1);
    SectorRoots other =
        SectorRoots.of(new SectorId(999, 5), SNAPPED.commR(), OF_KEY, 1, "another miner's");
    repository.keep(hash, List.of(key, update, other));
    assertThat(all(Optional.empty())).hasSize(3).startsWith(other).contains(key, update);
    assertThat(all(Optional.of(999L))).containsExactly(other);
  }

  private List<SectorRoots> all(Optional<Long> miner) {
    List<SectorRoots> all = new ArrayList<>();
    repository.each(miner, all::add);
    return all;
  }
}
