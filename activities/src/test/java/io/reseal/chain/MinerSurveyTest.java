package io.reseal.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.losses.Charges;
import io.reseal.losses.MinerOnChain;
import io.reseal.losses.SectorOnChain;
import io.reseal.losses.SectorOnChain.State;
import io.reseal.problem.RefusedException;
import io.reseal.sector.Cid;
import io.reseal.sector.Commitment;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A miner's sectors, stage by stage of a loss on a real network, and from nodes that differ. */
class MinerSurveyTest {

  private static final int DEADLINES = 48;

  private static Map<Long, SectorOnChain> sectors(FakeNode... nodes) {
    MinerSurvey survey = MinerSurvey.atHead(FakeNode.nodes(nodes), StageNode.MINER);
    return sectors(survey);
  }

  private static Map<Long, SectorOnChain> sectors(MinerSurvey survey) {
    List<SectorOnChain> all = new ArrayList<>();
    for (int deadline = 0; deadline < DEADLINES; deadline++) {
      all.addAll(survey.deadline(deadline));
    }
    return all.stream()
        .collect(
            Collectors.toMap(
                sector -> sector.sector().number(),
                sector -> sector,
                (one, other) -> {
                  throw new AssertionError(one + " and " + other);
                },
                TreeMap::new));
  }

  private static List<Long> in(Map<Long, SectorOnChain> sectors, State state) {
    return sectors.values().stream()
        .filter(sector -> sector.state() == state)
        .map(sector -> sector.sector().number())
        .toList();
  }

  private static List<Long> numbers(String text) {
    return text.isBlank()
        ? List.of()
        : List.of(text.split(" ")).stream().map(Long::valueOf).toList();
  }

  // Fails if a recovering sector is taken for a proven one, a lost one for faulty before the chain
  // counts it as such, or a sector's place is another deadline.
  @ParameterizedTest
  @CsvSource({
    "healthy, 0 1 2 3 4 5 6, '', ''",
    "lost, 0 1 2 3 4 5 6, '', ''",
    "unproven, 0 1 2 3 4 5 6, '', ''",
    "faulty-2, 0 1 2 5 6, 3 4, ''",
    "faulty-3, 0 1 5 6, 2 3 4, ''",
    "faulty-3-charged, 0 1 5 6, 2 3 4, ''",
    "faulty-late, 0 1 5 6, 2 3 4, ''",
    "recovering-2, 0 1 5 6, 2, 3 4",
    "recovering-3, 0 1 5 6, '', 2 3 4",
    "last-unproven, 0 1 5 6, '', 2 3 4",
    "proven-2, 0 1 3 4 5 6, '', 2",
    "proven-3, 0 1 2 3 4 5 6, '', ''",
    "settled, 0 1 2 3 4 5 6, '', ''"
  })
  void theStoryOfALoss(String stage, String active, String faulty, String recovering) {
    try (FakeNode node = StageNode.at(stage)) {
      Map<Long, SectorOnChain> sectors = sectors(node);

      assertThat(in(sectors, State.ACTIVE)).isEqualTo(numbers(active));
      assertThat(in(sectors, State.FAULTY)).isEqualTo(numbers(faulty));
      assertThat(in(sectors, State.RECOVERING)).isEqualTo(numbers(recovering));
      assertThat(sectors).hasSize(7);
      sectors.forEach(
          (number, sector) ->
              assertThat(sector.early())
                  .as("end of sector %d", number)
                  .isEqualTo(!sector.state().isFaulty() ? 0 : number == 2 ? 124_233 : 124_173));
      assertThat(sectors.get(2L).deadline()).isEqualTo(3);
      assertThat(sectors.get(3L).deadline()).isEqualTo(2);
      assertThat(sectors.get(2L).worth().pledge()).isEqualTo(new BigInteger("59604643840"));
      assertThat(sectors.get(2L).worth().dailyFee()).isEqualTo(202_377);
      assertThat(sectors.get(0L).worth().qaPower()).isEqualTo(20_480);
    }
  }

  // Fails if a call is made for each sector: only the three faulty ones need one.
  @Test
  void healthySectorsCostNoCallOfTheirOwn() {
    try (FakeNode node = StageNode.at("faulty-3")) {
      sectors(node);

      assertThat(node.calls("StateSectorExpiration")).isEqualTo(3);
      assertThat(node.calls("StateSectorGetInfo")).isZero();
      assertThat(node.callsInAll()).isEqualTo(1 + DEADLINES + 4 + 3);
    }
  }

  // Fails if an epoch is taken for 30 seconds, money is read from another field, or another tipset
  // than the sectors' is asked.
  @Test
  void theMinerItself() {
    try (FakeNode node = StageNode.at("faulty-3-charged")) {
      MinerOnChain miner = MinerSurvey.atHead(FakeNode.nodes(node), StageNode.MINER).miner();

      assertThat(miner.network()).isEqualTo("localnet-reseal");
      assertThat(miner.clock().now()).isEqualTo(3274);
      assertThat(miner.clock().rules().epoch()).isEqualTo(Duration.ofSeconds(4));
      assertThat(miner.clock().window(2).open()).isEqualTo(6034);
      assertThat(miner.funds().missing()).isZero();
      assertThat(miner.funds().pledge()).isEqualTo(new BigInteger("298023219202"));
      assertThat(miner.isInConsensusFault()).isFalse();
      assertThat(new Charges(miner.estimates()).faultFee(BigInteger.valueOf(2048)))
          .isEqualTo(new BigInteger("91850823829"));
    }
  }

  // Fails if debt that the unlocked balance covers is asked for, or that which is not covered is
  // not shown.
  @ParameterizedTest
  @CsvSource({"0, 0", "100, 0", "350, 50"})
  void debtAboveTheUnlockedBalanceIsMissing(long debt, long missing) {
    try (FakeNode node =
        StageNode.changing(
            "faulty-3",
            (call, answer) -> {
              if (call.method().equals("StateReadState") && answer.has("Balance")) {
                ((ObjectNode) answer).put("Balance", "1000");
                ((ObjectNode) answer.path("State"))
                    .put("LockedFunds", "500")
                    .put("PreCommitDeposits", "50")
                    .put("InitialPledge", "150")
                    .put("FeeDebt", Long.toString(debt));
              }
              return answer;
            })) {
      assertThat(
              MinerSurvey.atHead(FakeNode.nodes(node), StageNode.MINER).miner().funds().missing())
          .isEqualTo(missing);
    }
  }

  // Fails if the last epoch of a consensus fault counts as free.
  @ParameterizedTest
  @CsvSource({"-1, false", "3219, false", "3220, true", "4000, true"})
  void aConsensusFault(long until, boolean active) {
    try (FakeNode node =
        StageNode.changing(
            "faulty-3",
            (call, answer) ->
                call.method().equals("StateMinerInfo")
                    ? ((ObjectNode) answer).put("ConsensusFaultElapsed", until)
                    : answer)) {
      assertThat(
              MinerSurvey.atHead(FakeNode.nodes(node), StageNode.MINER)
                  .miner()
                  .isInConsensusFault())
          .isEqualTo(active);
    }
  }

  /** A node that leaves sector 5 out of a set of its partition, or changes it in its record. */
  private static FakeNode lyingOf5(String stage, String set) {
    return StageNode.changing(
        stage,
        (call, answer) -> {
          if (call.method().equals("StateMinerPartitions") && call.params().get(1).asInt() == 4) {
            ArrayNode runs = ((ObjectNode) answer.get(0)).putArray(set);
            if (set.equals("FaultySectors")) {
              runs.add(5).add(1);
            } else {
              runs.add(0);
            }
          }
          return answer;
        });
  }

  // Fails if the first node's word counts alone, or one sector's dispute spoils the others.
  @ParameterizedTest
  @CsvSource({"FaultySectors, faulty", "LiveSectors, ended", "ActiveSectors, unproven"})
  void aSectorOfWhichTwoNodesDifferIsDisputedWithBothAnswers(String set, String lie) {
    try (FakeNode honest = StageNode.at("faulty-3");
        FakeNode lying = lyingOf5("faulty-3", set)) {
      for (Map<Long, SectorOnChain> sectors :
          List.of(sectors(honest, lying), sectors(lying, honest))) {
        assertThat(sectors.get(5L).disputed())
            .contains(honest.address() + " says active in partition 0")
            .contains(lying.address() + " says " + lie);
        assertThat(sectors.values().stream().filter(each -> each.disputed() != null)).hasSize(1);
      }
    }
  }

  // Fails if a sector that only one of two nodes lists is left out without a word.
  @Test
  void aSectorThatOneNodeLeavesOutIsDisputed() {
    try (FakeNode honest = StageNode.at("healthy");
        FakeNode lying =
            StageNode.changing(
                "healthy",
                (call, answer) ->
                    call.method().equals("StateMinerPartitions")
                            && call.params().get(1).asInt() == 4
                        ? FakeNode.JSON.createArrayNode()
                        : answer)) {
      Map<Long, SectorOnChain> sectors = sectors(lying, honest);

      assertThat(sectors).hasSize(7);
      assertThat(sectors.get(5L).disputed()).contains(lying.address() + " says nothing");
    }
  }

  // Fails if the end of a faulty sector is believed of one node.
  @Test
  void theEndOfAFaultySectorNeedsBothNodes() {
    try (FakeNode honest = StageNode.at("faulty-3");
        FakeNode lying =
            StageNode.changing(
                "faulty-3",
                (call, answer) ->
                    call.method().equals("StateSectorExpiration")
                            && call.params().get(1).asInt() == 2
                        ? ((ObjectNode) answer).put("Early", 200_000)
                        : answer)) {
      Map<Long, SectorOnChain> sectors = sectors(honest, lying);

      assertThat(sectors.get(2L).disputed()).contains("epoch 124233").contains("epoch 200000");
      assertThat(sectors.get(3L).disputed()).isNull();
    }
  }

  // Fails if an unreachable second node stops the survey, or goes unmentioned.
  @Test
  void whatOnlyOneNodeTellsIsSaid() {
    try (FakeNode node = StageNode.at("faulty-3");
        FakeNode away = FakeNode.raw((exchange, request) -> FakeNode.send(exchange, 503, ""))) {
      MinerSurvey survey = MinerSurvey.atHead(FakeNode.nodes(node, away), StageNode.MINER);

      assertThat(sectors(survey)).hasSize(7);
      assertThat(survey.remarks())
          .isNotEmpty()
          .allMatch(it -> it.contains("Only " + node.address()));
    }
  }

  // Fails if a sector that has ended counts as live because the chain still has its record.
  @ParameterizedTest
  @CsvSource({"2000000, TERMINATED", "3220, EXPIRED"})
  void aSectorThatHasEndedIsStillListed(long expiration, State state) {
    try (FakeNode node =
        StageNode.changing(
            "faulty-3",
            (call, answer) -> {
              if (call.method().equals("StateMinerPartitions") && !answer.isNull()) {
                for (JsonNode partition : answer) {
                  // Sector 2 alone is in none of the other sets of its partition.
                  if (call.params().get(1).asInt() == 3) {
                    ((ObjectNode) partition).putArray("LiveSectors").add(6).add(1);
                    ((ObjectNode) partition).putArray("FaultySectors").add(0);
                  }
                }
              }
              if (call.method().equals("StateMinerSectors")) {
                answer.forEach(sector -> ((ObjectNode) sector).put("Expiration", expiration));
              }
              return answer;
            })) {
      Map<Long, SectorOnChain> sectors = sectors(node);

      assertThat(sectors.get(2L).state()).isEqualTo(state);
      assertThat(sectors.get(6L).state()).isEqualTo(State.ACTIVE);
    }
  }

  // Fails if a wrong miner looks like one without sectors.
  @Test
  void anUnknownMinerIsRefused() {
    try (FakeNode node = StageNode.at("healthy")) {
      MinerSurvey survey = MinerSurvey.atHead(FakeNode.nodes(node), 1002);

      assertThatThrownBy(survey::miner)
          .isInstanceOf(NodesException.class)
          .hasMessageContaining("actor not found");
    }
  }

  // Fails if two networks are compared as if they were one.
  @Test
  void nodesOfDifferentNetworksAreRefused() {
    try (FakeNode node = StageNode.at("healthy");
        FakeNode other =
            StageNode.changing(
                "healthy",
                (call, answer) ->
                    call.method().equals("StateNetworkName")
                        ? FakeNode.JSON.getNodeFactory().textNode("mainnet")
                        : answer)) {
      MinerSurvey survey = MinerSurvey.atHead(FakeNode.nodes(node, other), StageNode.MINER);

      assertThatThrownBy(survey::miner)
          .isInstanceOf(RefusedException.class)
          .hasMessageContaining("localnet-reseal, mainnet");
    }
  }

  // Fails if a survey that goes on asks at the new head: a deadline may have ended in between.
  @Test
  void aSurveyGoesOnAtItsOwnTipset() {
    try (FakeNode node = StageNode.at("faulty-3")) {
      MinerSurvey first = MinerSurvey.atHead(FakeNode.nodes(node), StageNode.MINER);
      MinerSurvey second = MinerSurvey.at(FakeNode.nodes(node), StageNode.MINER, first.pin());

      assertThat(second.deadline(3)).isEqualTo(first.deadline(3));
      assertThat(node.calls("ChainHead")).isEqualTo(1);
    }
  }

  // Fails if a survey goes on at the new head after a reorganisation, so that its deadlines are of
  // two chains, or if the message does not say what is wrong.
  @Test
  void aTipsetThatTheNodeHasLeftEndsTheSurvey() {
    AtomicReference<String> stage = new AtomicReference<>("faulty-3");
    try (FakeNode node = StageNode.following(stage::get, StageNode.MINER)) {
      MinerSurvey survey = MinerSurvey.atHead(FakeNode.nodes(node), StageNode.MINER);
      assertThat(survey.deadline(2)).isNotEmpty();

      stage.set("recovering-3");

      assertThatThrownBy(() -> survey.deadline(3))
          .isInstanceOfSatisfying(
              NodesException.class, refused -> assertThat(refused.isUnreachable()).isFalse())
          .hasMessageContaining("asked at another tipset");
      assertThat(node.calls("ChainHead")).isEqualTo(1);
    }
  }

  // Fails if a node that has thrown old states away stops a survey that another one can answer, or
  // if it is not said that only one has.
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aNodeWithoutTheStateLeavesTheAnswerToTheOther(boolean prunedFirst) {
    try (FakeNode full = StageNode.at("faulty-3");
        FakeNode pruned =
            StageNode.changing(
                "faulty-3",
                (call, answer) -> {
                  if (call.method().startsWith("StateMiner")) {
                    throw new FakeNode.Refusal("failed to load state tree: ipld: could not find");
                  }
                  return answer;
                })) {
      LotusNodes nodes = prunedFirst ? FakeNode.nodes(pruned, full) : FakeNode.nodes(full, pruned);
      MinerSurvey survey = MinerSurvey.atHead(nodes, StageNode.MINER);

      Map<Long, SectorOnChain> sectors = sectors(survey);

      assertThat(in(sectors, State.FAULTY)).containsExactly(2L, 3L, 4L);
      assertThat(sectors.values()).allMatch(sector -> sector.disputed() == null);
      assertThat(survey.remarks()).isNotEmpty().allMatch(it -> it.contains("could not find"));
    }
  }

  // Fails if a set that a node does not send passes for an empty one.
  @Test
  void aPartitionWithoutItsFaultySectorsIsNotBelieved() {
    try (FakeNode node =
        StageNode.changing(
            "faulty-3",
            (call, answer) -> {
              if (call.method().equals("StateMinerPartitions") && !answer.isNull()) {
                answer.forEach(partition -> ((ObjectNode) partition).remove("FaultySectors"));
              }
              return answer;
            })) {
      assertThatThrownBy(() -> sectors(node))
          .isInstanceOf(NodesException.class)
          .hasMessageContaining("'FaultySectors' is missing");
    }
  }

  /**
   * A node of a miner with so many sectors in two partitions of each deadline; sector 2 is faulty.
   */
  private static FakeNode large(int sectors) {
    int each = sectors / DEADLINES / 2;
    return StageNode.changing(
        "faulty-3",
        (call, answer) ->
            switch (call.method()) {
              case "StateMinerPartitions" -> {
                ArrayNode partitions = FakeNode.JSON.createArrayNode();
                int first = call.params().get(1).asInt() * 2 * each;
                partition(partitions.addObject(), first, each);
                partition(partitions.addObject(), first + each, each);
                yield partitions;
              }
              case "StateMinerSectors" -> {
                ArrayNode found = FakeNode.JSON.createArrayNode();
                BitField.read(call.params().get(1)).forEach(number -> found.add(record(number)));
                yield found;
              }
              default -> answer;
            });
  }

  private static void partition(ObjectNode partition, int first, int each) {
    List<Long> faulty =
        LongStream.range(first, first + each).filter(number -> number == 2).boxed().toList();
    List<Long> active =
        LongStream.range(first, first + each).filter(number -> number != 2).boxed().toList();
    partition.putPOJO("AllSectors", List.of(first, each));
    partition.putPOJO("LiveSectors", List.of(first, each));
    partition.putPOJO("FaultySectors", BitField.of(faulty).lengths());
    partition.putPOJO("RecoveringSectors", List.of(0));
    partition.putPOJO("ActiveSectors", BitField.of(active).lengths());
  }

  private static ObjectNode record(long number) {
    return FakeNode.JSON
        .createObjectNode()
        .put("SectorNumber", number)
        .put("SealProof", 8)
        .put("Activation", 1000)
        .put("Expiration", 1_500_000)
        .put("PowerBaseEpoch", 1000)
        .put("InitialPledge", Long.toString(number))
        .set(
            "SealedCID",
            FakeNode.JSON.createObjectNode().put("/", Cid.sealed(new Commitment("11".repeat(32)))));
  }

  // Fails if a large miner costs a call for each sector, or one sector is lost or mixed up.
  @Test
  void aHundredThousandSectorsCostAFewCallsForEachPartition() {
    int sectors = 99_936;
    try (FakeNode node = large(sectors)) {
      Map<Long, SectorOnChain> found = sectors(node);

      assertThat(found).hasSize(sectors);
      assertThat(in(found, State.FAULTY)).containsExactly(2L);
      found.forEach(
          (number, sector) ->
              assertThat(sector.worth().pledge()).isEqualTo(BigInteger.valueOf(number)));
      assertThat(node.callsInAll()).isEqualTo(1 + DEADLINES + 2 * DEADLINES + 1);
    }
  }
}
