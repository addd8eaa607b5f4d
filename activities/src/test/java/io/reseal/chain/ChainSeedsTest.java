package io.reseal.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.chain.ChainSeeds.Drawn;
import io.reseal.sector.SectorId;
import org.junit.jupiter.api.Test;

/** What real nodes' answers say of the seeds that real miners proved their sectors to. */
class ChainSeedsTest {

  private static final SectorId SECTOR = new SectorId(1001, 3);
  private static final String COMM_R =
      "bagboea4b5abcapepwftnew6ksyjdkqcdmijcvpown4sydsy3t5d5rimimpsich2r";
  private static final String SEED =
      "46a7895d3bbe940a1405910fdaf161a26be440106a416daa75669ba47dbb2b8d";

  private final Recordings recordings = new Recordings("network-2");

  private static Drawn ask(Long recorded, FakeNode... nodes) {
    return new ChainSeeds(FakeNode.nodes(nodes)).ask(SECTOR, COMM_R, recorded);
  }

  private FakeNode node(String moment) {
    return recordings.node(true, "ddo", moment);
  }

  /** The sector is pre-committed, and the chain's head is at another height than it was then. */
  private FakeNode preCommittedAt(long height) {
    return recordings.nodeChanging(
        "ChainHead", head -> ((ObjectNode) head).put("Height", height), "ddo", "precommitted");
  }

  // Seen to fail: with the delay of the main network, and with the seed asked for before its time,
  // which a node refuses.
  @Test
  void aPreCommittedSectorsSeedIsDrawnAtItsHeight() {
    try (FakeNode before = node("precommitted");
        FakeNode justBefore = preCommittedAt(38);
        FakeNode now = preCommittedAt(39);
        FakeNode later = preCommittedAt(44)) {
      assertThat(ask(null, before))
          .isEqualTo(new Drawn(39L, null, "it is drawn at height 39, and the chain is at 31"));
      assertThat(ask(null, justBefore).seed()).isNull();
      assertThat(ask(null, now)).isEqualTo(new Drawn(39L, SEED, null));
      assertThat(ask(null, later)).isEqualTo(new Drawn(39L, SEED, null));
      assertThat(before.calls("StateGetRandomnessFromBeacon")).isZero();
    }
  }

  // Seen to fail: with the pre-commit looked for in the state of now alone.
  @Test
  void aProvenSectorsSeedIsFoundByItsOldPreCommit() {
    try (FakeNode node = node("proving")) {
      assertThat(ask(null, node)).isEqualTo(new Drawn(39L, SEED, null));
    }
  }

  // Seen to fail: with the recorded height left aside.
  @Test
  void whereNoNodeHasThePreCommitTheRecordedHeightCounts() {
    try (FakeNode pruned = recordings.node(false, "ddo", "proving")) {
      assertThat(ask(39L, pruned)).isEqualTo(new Drawn(39L, SEED, null));
      Drawn told = ask(null, pruned);
      assertThat(told.epoch()).isNull();
      assertThat(told.why()).startsWith("no node has its pre-commit at height ");
    }
  }

  // A height that is only recorded, and that the chain has not said, is not given as its word.
  @Test
  void aRecordedHeightThatIsStillToComeIsNotTheChainsWord() {
    try (FakeNode pruned = recordings.node(false, "ddo", "proving")) {
      Drawn told = ask(5000L, pruned);
      assertThat(told.epoch()).isNull();
      assertThat(told.why()).startsWith("it is drawn at height 5000, and the chain is at ");
    }
  }

  // Seen to fail: with the pre-commit's CommR not compared.
  @Test
  void aPreCommitOfAnotherReplicaIsNotTheSectors() {
    try (FakeNode node = node("precommitted")) {
      String other = "bagboea4b5abca2gckwohclnsgivhpboozj3q3n4nr7btqmxrrebuy7yafrzk3xlj";
      Drawn told = new ChainSeeds(FakeNode.nodes(node)).ask(SECTOR, other, 39L);
      assertThat(told.seed()).isNull();
      assertThat(told.why())
          .isEqualTo(
              "the pre-commit on chain has CommR %s, the record %s".formatted(COMM_R, other));
    }
  }

  // Seen to fail: with the first node's seed alone taken.
  @Test
  void nodesThatDifferInTheSeedAreBothNamed() {
    try (FakeNode one = node("proving");
        FakeNode liar =
            recordings.nodeChanging(
                "StateGetRandomnessFromBeacon",
                seed -> FakeNode.JSON.getNodeFactory().binaryNode(new byte[32]),
                "ddo",
                "proving")) {
      assertThatThrownBy(() -> ask(null, one, liar))
          .isInstanceOf(DisagreementException.class)
          .hasMessageStartingWith("The nodes disagree on the seed of epoch 39: " + one.address());
    }
  }

  @Test
  void theNextNodeIsAskedWhereOneIsGone() {
    FakeNode gone = node("proving");
    LotusNodes nodes;
    try (FakeNode node = node("proving")) {
      nodes = FakeNode.nodes(gone, node);
      gone.close();
      assertThat(new ChainSeeds(nodes).ask(SECTOR, COMM_R, null).seed()).isEqualTo(SEED);
    }
    NodesException failure =
        catchThrowableOfType(
            NodesException.class, () -> new ChainSeeds(nodes).ask(SECTOR, COMM_R, null));
    assertThat(failure.isUnreachable()).isTrue();
  }
}
