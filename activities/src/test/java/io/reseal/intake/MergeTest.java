package io.reseal.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.record.Fact;
import io.reseal.record.Facts;
import io.reseal.record.Findings;
import io.reseal.record.Known;
import io.reseal.record.SectorRecord;
import io.reseal.record.Sectors;
import io.reseal.record.Standing;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What findings on one sector give together. */
class MergeTest {

  private static final SectorRecord EMPTY = Sectors.empty();
  private static final Facts SEALED =
      Facts.builder()
          .put(Fact.PROOF_TYPE, EMPTY.proof())
          .put(Fact.TICKET, EMPTY.ticket().value())
          .put(Fact.COMM_R, EMPTY.commR())
          .build();

  /** Catches: a sector recorded as empty because its source could not be read as a whole. */
  @Test
  void aRecordThatWasPartlyReadLeavesOpenWhatItDoesNotState() {
    Facts partly = SEALED.toBuilder().put(Fact.PARTLY_READ, true).build();
    assertThat(merge(SEALED).missing()).isEmpty();
    assertThat(merge(partly).missing()).containsExactly("snapped", "pieces");
    assertThat(merge(partly).record()).isEmpty();
    Facts chain = Facts.builder().put(Fact.SNAPPED, false).put(Fact.COMM_D, EMPTY.commD()).build();
    assertThat(merge(partly, chain).missing()).isEmpty();
    assertThat(merge(partly, chain).record()).isPresent();
  }

  /** Catches: a sector that was removed or terminated rebuilt for hours. */
  @Test
  void aSectorThatHasEndedNeedsTheChainToBeRebuilt() {
    Facts ended = SEALED.toBuilder().put(Fact.ENDED, true).put(Fact.PROOF_DUE, false).build();
    assertThat(merge(ended).missing()).containsExactly("standing");
    Facts chain =
        Facts.builder()
            .put(Fact.STANDING, new Standing(1L, 2L, null, null, null, 3))
            .put(Fact.PROOF_DUE, true)
            .build();
    assertThat(merge(ended, chain).missing()).isEmpty();
    assertThat(merge(ended, chain).record().orElseThrow().proofDue()).isFalse();
  }

  private static Merge merge(Facts... facts) {
    List<Findings> findings =
        Stream.of(facts)
            .map(some -> new Findings(EMPTY.id(), "source " + some.hashCode(), some))
            .toList();
    return new Merge(EMPTY.id(), new Known(Optional.empty(), findings, List.of()));
  }
}
