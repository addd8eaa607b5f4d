package io.reseal.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.problem.RefusedException;
import io.reseal.record.Fact;
import io.reseal.record.Findings;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Several nodes, of which some fail, lack old states, lag behind or lie. */
class LotusNodesTest {

  private static final SectorId SECTOR = new SectorId(1001, 3);
  private static final String TICKET =
      "399684d541a82fa774b306d0b90d74e3ac392240f662af53efa1a082e7955c42";

  private final Recordings recordings = new Recordings("network-2");

  /** Keeps what it is given. */
  private static final class Kept implements ChainFindings.Taker {
    final List<Findings> found = new ArrayList<>();
    final List<String> refused = new ArrayList<>();

    @Override
    public void found(Findings findings) {
      found.add(findings);
    }

    @Override
    public void nothing(SectorId sector, String why) {
      refused.add(why);
    }
  }

  private static Kept ask(FakeNode... nodes) {
    Kept kept = new Kept();
    new ChainFindings(FakeNode.nodes(nodes)).each(List.of(SECTOR), kept);
    return kept;
  }

  private FakeNode full() {
    return recordings.node(true, "ddo", "active");
  }

  /** A node that tells another value of one field of one method's results. */
  private FakeNode lying(String method, String pointer, String field, JsonNode value) {
    return FakeNode.answering(
        call -> {
          JsonNode answer = recordings.answer(call, true, List.of("ddo", "active")).deepCopy();
          if (call.method().equals(method)) {
            ((ObjectNode) answer.at(pointer)).set(field, value);
          }
          return answer;
        });
  }

  // Seen to fail: with the first node's failure taken for the answer.
  @Test
  void theNextNodeIsAskedWhereOneHasThrownOldStatesAway() {
    try (FakeNode pruned = recordings.node(false, "ddo", "active");
        FakeNode archive = full()) {
      Findings found = ask(pruned, archive).found.get(0);

      assertThat(found.facts().orNull(Fact.TICKET)).isEqualTo(TICKET);
      assertThat(found.facts().orNull(Fact.PIECES)).hasSize(2);
      assertThat(found.remarks())
          .singleElement()
          .asString()
          .startsWith("Only %s told the pre-commit of".formatted(archive.address()));
    }
  }

  @Test
  void theNextNodeIsAskedWhereOneIsGoneOrAnswersGarbage() {
    FakeNode gone = full();
    try (FakeNode garbage =
            FakeNode.raw((exchange, request) -> FakeNode.send(exchange, 200, "<html>"));
        FakeNode wrongTypes =
            FakeNode.answering(call -> FakeNode.JSON.createObjectNode().put("Height", "high"));
        FakeNode good = full()) {
      LotusNodes nodes = FakeNode.nodes(gone, garbage, wrongTypes, good);
      gone.close();
      Kept kept = new Kept();
      new ChainFindings(nodes).each(List.of(SECTOR), kept);

      assertThat(kept.found.get(0).facts().orNull(Fact.TICKET)).isEqualTo(TICKET);
      assertThat(kept.found.get(0).facts().orNull(Fact.COMM_R))
          .startsWith("bagboea4b5abcapepwftnew6");
    }
  }

  // Seen to fail: with the failures of the others forgotten.
  @Test
  void whereNoNodeHasTheStateEachIsNamedWithItsWords() {
    try (FakeNode one = recordings.node(false, "ddo", "active");
        FakeNode other = recordings.node(false, "ddo", "active")) {
      Kept kept = ask(one, other);

      assertThat(kept.found.get(0).facts().orNull(Fact.TICKET)).isNull();
      assertThat(kept.found.get(0).facts().orNull(Fact.COMM_R))
          .as("what is known now comes in")
          .isNotNull();
      assertThat(String.join("\n", kept.found.get(0).remarks()))
          .contains(
              "StateSectorPreCommitInfo: %s answers \"failed to load state tree: ipld: could not find bafy2bz\"; %s answers"
                  .formatted(one.address(), other.address()))
          .contains("StateListMessages: ");
    }
  }

  @Test
  void whereNobodyAnswersNothingIsTaken() {
    FakeNode gone = full();
    LotusNodes nodes = FakeNode.nodes(gone);
    gone.close();
    Kept kept = new Kept();
    NodesException failure =
        catchThrowableOfType(
            NodesException.class, () -> new ChainFindings(nodes).each(List.of(SECTOR), kept));

    assertThat(failure.isUnreachable()).isTrue();
    assertThat(failure).hasMessageContaining(gone.address().toString());
    assertThat(kept.found).isEmpty();
  }

  // Seen to fail: with the first node's word alone taken.
  @Test
  void nodesThatDisagreeOnCommRAreBothNamedAndNothingIsTaken() {
    JsonNode other =
        FakeNode.JSON
            .createObjectNode()
            .put("/", "bagboea4b5abca2gckwohclnsgivhpboozj3q3n4nr7btqmxrrebuy7yafrzk3xlj");
    try (FakeNode one = full();
        FakeNode liar = lying("StateSectorGetInfo", "", "SealedCID", other)) {
      for (List<FakeNode> order : List.of(List.of(one, liar), List.of(liar, one))) {
        Kept kept = ask(order.toArray(FakeNode[]::new));

        assertThat(kept.found).isEmpty();
        assertThat(kept.refused).hasSize(1);
        assertThat(kept.refused.get(0))
            .startsWith("The nodes disagree on sector f01001/3: " + order.get(0).address())
            .contains(order.get(1).address().toString());
      }
    }
  }

  // Seen to fail: with the digest, or the pre-commit, of the first node alone taken.
  @Test
  void nodesThatDisagreeOnTheTicketAreBothNamed() {
    try (FakeNode one = full();
        FakeNode liar =
            FakeNode.answering(
                call ->
                    call.method().equals("StateGetRandomnessDigestFromTickets")
                        ? FakeNode.JSON.getNodeFactory().binaryNode(new byte[32])
                        : recordings.answer(call, true, List.of("ddo", "active")));
        FakeNode otherEpoch =
            lying(
                "StateSectorPreCommitInfo",
                "/Info",
                "SealRandEpoch",
                FakeNode.JSON.getNodeFactory().numberNode(-871))) {
      assertThat(ask(one, liar).refused.get(0))
          .startsWith("The nodes disagree on the tickets of epoch -872: " + one.address());
      assertThat(ask(one, otherEpoch).refused.get(0))
          .startsWith("The nodes disagree on the pre-commit of sector f01001/3: ");
    }
  }

  @Test
  void aFactThatTheSecondNodeCannotTellIsTakenWithAWord() {
    try (FakeNode one = full();
        FakeNode pruned = recordings.node(false, "ddo", "active")) {
      Kept kept = ask(one, pruned);

      assertThat(kept.found.get(0).facts().orNull(Fact.TICKET)).isEqualTo(TICKET);
      assertThat(kept.found.get(0).remarks())
          .singleElement()
          .asString()
          .startsWith("Only %s told the pre-commit of sector f01001/3.".formatted(one.address()));
    }
  }

  // Seen to fail: with the first node's head taken, which the one behind does not know.
  @Test
  void theHeadIsOneThatANodeALittleBehindKnows() {
    FakeNode.Answers ahead =
        call -> {
          JsonNode answer = recordings.answer(call, true, List.of("ddo", "active")).deepCopy();
          if (call.method().equals("ChainHead")) {
            ((ObjectNode) answer).put("Height", 326);
          }
          return answer;
        };
    FakeNode.Answers stale =
        call -> {
          JsonNode answer = recordings.answer(call, true, List.of("ddo", "active")).deepCopy();
          if (call.method().equals("ChainHead")) {
            ((ObjectNode) answer).put("Height", 20);
          }
          return answer;
        };
    try (FakeNode one = FakeNode.answering(ahead);
        FakeNode behind = full();
        FakeNode farBehind = FakeNode.answering(stale)) {
      assertThat(new ChainApi(FakeNode.nodes(one, behind, farBehind)).head().height())
          .isEqualTo(325);
    }
  }

  @Test
  void withoutAnyNodeItIsSaidHowToNameOne() {
    assertThatThrownBy(() -> new LotusNodes(List.of()))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("FULLNODE_API_INFO");
  }
}
