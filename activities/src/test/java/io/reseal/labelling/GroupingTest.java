package io.reseal.labelling;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.config.LabellingSettings;
import io.reseal.config.LayersInMemory;
import io.reseal.config.Processor;
import io.reseal.config.WorkerConfigs;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.labelling.Grouping.Group;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is labelled with whom, who joins and who waits: the rules alone, told the time. */
class GroupingTest {

  private static final SealProof PROOF = SealProof.GIB_32_V1_1;
  private static final SealProof OTHER = SealProof.GIB_32_V1;
  private static final long GIB = 1L << 30;
  private static final long GATHER = 10_000;

  @TempDir private static Path root;

  private static CpuTopology topology;

  private final Map<SealProof, Integer> toCome = new HashMap<>();
  private final List<String> decided = new ArrayList<>();
  private final Map<SectorId, String> waits = new HashMap<>();
  private final Map<SectorId, CoreException> refused = new HashMap<>();
  private Grouping grouping;
  private long now;

  @BeforeAll
  static void machine() throws IOException {
    topology = new FakeMachine(root).cores(8, 2, false).topology();
  }

  private void host(int cores, int most, long memory) {
    grouping = new Grouping(cores(cores), most, GATHER, memory, LayersInMemory.TWO);
  }

  private static LabellingCores cores(int count) {
    return new LabellingCores(
        new LabellingSettings(
            Optional.of(count),
            Optional.empty(),
            Duration.ZERO,
            Optional.empty(),
            Optional.empty(),
            LayersInMemory.TWO),
        List.of(),
        topology);
  }

  @Test
  void whileThereIsACoreForEachNobodySharesOneOrWaits() {
    host(4, 4, 1024 * GIB);
    coming(PROOF, 3);
    for (int i = 1; i <= 4; i++) {
      coming(PROOF, 4 - i);
      arrives(i);
    }
    assertThat(decided).containsExactly("begin 1: 1", "begin 1: 2", "begin 1: 3", "begin 1: 4");
  }

  // Seen to fail: with groups that begin as soon as one sector is there.
  @Test
  void moreSectorsThanCoresAreSpreadOverThemAndBeginWhenAllAreThere() {
    host(2, 4, 1024 * GIB);
    for (int i = 1; i <= 5; i++) {
      coming(PROOF, 5 - i);
      arrives(i);
    }
    assertThat(decided).containsExactly("begin 3: 1 2 3", "begin 2: 4 5");
  }

  // Seen to fail: with a wait that each arrival begins anew.
  @Test
  void gatheringEndsAtItsTimeAndLeavesSlotsForThoseWhoComeLater() {
    host(1, 4, 1024 * GIB);
    coming(PROOF, 2);
    arrives(1);
    assertThat(decided).isEmpty();
    assertThat(grouping.lookAgain()).hasValue(GATHER);
    now = GATHER - 1;
    coming(PROOF, 1);
    arrives(2);
    assertThat(decided).isEmpty();
    now = GATHER;
    settle();
    assertThat(decided).containsExactly("begin 3: 1 2");
    assertThat(grouping.lookAgain()).isEmpty();
    coming(PROOF, 0);
    arrives(3);
    assertThat(decided).endsWith("join 3");
  }

  // Seen to fail: with gathering that only its time ends.
  @Test
  void gatheringEndsWhenNobodyCanComeAnyMore() {
    host(1, 4, 1024 * GIB);
    coming(PROOF, 2);
    arrives(1);
    arrives(2);
    coming(PROOF, 0);
    settle();
    assertThat(decided).containsExactly("begin 2: 1 2");
  }

  // Seen to fail: with a sector that joins though a core is free.
  @Test
  void aFreeSlotIsTakenOnlyWhereNoCoreIsFree() {
    host(2, 4, 1024 * GIB);
    coming(PROOF, 4);
    arrives(1);
    now = GATHER;
    settle();
    assertThat(decided).containsExactly("begin 3: 1");
    // The slots that are free take those who are still to come.
    coming(PROOF, 2);
    arrives(2);
    assertThat(decided).endsWith("begin 1: 2");
    arrives(3);
    assertThat(decided).endsWith("join 3");
  }

  @Test
  void aSectorThatFindsNeitherCoreNorSlotWaitsVisiblyUntilOneIsFree() {
    host(1, 4, 1024 * GIB);
    arrives(1);
    arrives(2);
    arrives(3);
    assertThat(decided).containsExactly("begin 1: 1");
    assertThat(waits.get(sector(2)))
        .isEqualTo("waits for a core to label on: 1 in use (f01001/1 on CPU 0)");
    end(grouping.groups().get(0));
    settle();
    // Both share what has become free.
    assertThat(decided).endsWith("begin 2: 2 3");
  }

  // Seen to fail: with a sector of another graph in a free slot.
  @Test
  void sectorsOfDifferentGraphsNeverShare() {
    host(2, 4, 1024 * GIB);
    coming(PROOF, 3);
    arrives(1);
    arrives(OTHER, 2, false);
    arrives(OTHER, 3, false);
    assertThat(decided).containsExactly("begin 1: 2");
    assertThat(waits.get(sector(3))).startsWith("waits for a core to label on: 1 in use");
    now = GATHER;
    settle();
    assertThat(decided).endsWith("begin 4: 1");
    assertThat(waits.get(sector(3))).startsWith("waits for a core to label on: 2 in use");
  }

  // Seen to fail: with a core that a gathering group takes from everybody.
  @Test
  void anUrgentSectorTakesTheCoreThatOthersGatherForAndGathersNotItself() {
    host(1, 4, 1024 * GIB);
    coming(PROOF, 2);
    arrives(1);
    arrives(PROOF, 2, true);
    assertThat(decided).containsExactly("begin 1: 2");
    arrives(3);
    end(grouping.groups().get(0));
    coming(PROOF, 0);
    settle();
    assertThat(decided).endsWith("begin 2: 1 3");
  }

  @Test
  void anUrgentSectorGoesBeforeThoseWhoWait() {
    host(1, 1, 1024 * GIB);
    arrives(1);
    arrives(2);
    arrives(PROOF, 3, true);
    end(grouping.groups().get(0));
    settle();
    assertThat(decided).containsExactly("begin 1: 1", "begin 1: 3");
  }

  // Seen to fail: with groups that begin whatever memory there is.
  @Test
  void memoryIsTakenBySlotsAndWhoeverFindsNoneWaitsForIt() {
    host(4, 4, 3 * 64 * GIB);
    for (int i = 1; i <= 4; i++) {
      arrives(i);
    }
    assertThat(decided).containsExactly("begin 1: 1", "begin 1: 2", "begin 1: 3");
    assertThat(waits.get(sector(4)))
        .isEqualTo(
            "waits for memory to label in: 64.0 GiB needed, 0 bytes of 192.0 GiB free"
                + " (`labelling.memory`)");
    end(grouping.groups().get(0));
    settle();
    assertThat(decided).endsWith("begin 1: 4");
  }

  // Seen to fail: with memory that is free until those who gather begin.
  @Test
  void nobodyTakesTheMemoryOfThoseWhoGather() {
    host(2, 2, 128 * GIB);
    coming(PROOF, 3);
    arrives(1);
    arrives(OTHER, 2, false);
    assertThat(decided).isEmpty();
    assertThat(waits.get(sector(2))).startsWith("waits for memory to label in");
    coming(PROOF, 2);
    arrives(3);
    assertThat(decided).containsExactly("begin 2: 1 3");
  }

  // Seen to fail: with later, smaller sectors that take what becomes free again and again.
  @Test
  void nobodyTakesTheMemoryThatAnEarlierOneWaitsFor() {
    host(4, 4, 128 * GIB);
    arrives(1);
    arrives(SealProof.GIB_64_V1_1, 2, false);
    arrives(SealProof.KIB_2_V1_1, 3, false);
    assertThat(decided).containsExactly("begin 1: 1");
    end(grouping.groups().get(0));
    settle();
    assertThat(decided).endsWith("begin 1: 2");
    assertThat(waits).containsKey(sector(3));
  }

  @Test
  void aGroupGetsAsManySlotsAsThereIsMemoryFor() {
    host(1, 4, 2 * 64 * GIB);
    coming(PROOF, 3);
    arrives(1);
    arrives(2);
    assertThat(decided).containsExactly("begin 2: 1 2");
  }

  // Catches: memory counted for two layers where one is kept, or too little for one and the newest
  // labels: then the core refuses what the worker has started.
  @Test
  void withOneLayerInMemoryThereIsRoomForNearlyTwiceAsMany() {
    host(4, 4, 2 * 64 * GIB);
    grouping = new Grouping(cores(4), 4, GATHER, 3 * 35 * GIB, LayersInMemory.ONE);
    for (int i = 1; i <= 4; i++) {
      arrives(i);
    }
    assertThat(decided).containsExactly("begin 1: 1", "begin 1: 2", "begin 1: 3");
    assertThat(waits.get(sector(4))).contains("34.5 GiB needed, 1.5 GiB of 105.0 GiB free");
  }

  // Seen to fail: with a sector that waits for ever.
  @Test
  void whatNeverFitsIsRefusedNamingTheKey() {
    host(1, 4, 32 * GIB);
    arrives(1);
    assertThat(refused.get(sector(1)).code()).isEqualTo(CoreCode.NO_MEMORY);
    assertThat(refused.get(sector(1)))
        .hasMessageContainingAll("32GiB", "64.0 GiB", "`labelling.memory`");
    grouping =
        new Grouping(
            new LabellingCores(
                WorkerConfigs.labelling(),
                List.of(
                    new Processor(
                        Map.of(),
                        Optional.of("90"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())),
                topology),
            4,
            GATHER,
            1024 * GIB,
            LayersInMemory.TWO);
    arrives(2);
    assertThat(refused.get(sector(2)).code()).isEqualTo(CoreCode.SETTINGS);
    assertThat(refused.get(sector(2))).hasMessageContaining("[[processors.pc1]]");
  }

  @Test
  void aSlotIsFreeAgainWhenItsSectorHasLeftUnlessTheGroupEnds() {
    host(1, 2, 1024 * GIB);
    coming(PROOF, 1);
    arrives(1);
    coming(PROOF, 0);
    arrives(2);
    arrives(3);
    Group group = grouping.groups().get(0);
    grouping.left(group, group.members().get(0));
    settle();
    assertThat(decided).containsExactly("begin 2: 1 2", "join 3");
    grouping.left(group, group.members().get(0));
    group.end();
    arrives(4);
    assertThat(waits).containsKey(sector(4));
  }

  /** Seen to fail: with memory counted by members rather than slots. */
  @Test
  void limitsHoldWhateverComesAndGoes() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int cores = 1 + random.nextInt(3);
      int most = 1 + random.nextInt(4);
      long memory = (1L + random.nextInt(8)) * 64 * GIB;
      host(cores, most, memory);
      toCome.clear();
      for (int step = 1; step < 60; step++) {
        now += random.nextInt(4000);
        coming(PROOF, random.nextInt(3));
        switch (random.nextInt(3)) {
          case 0 -> arrives(random.nextBoolean() ? PROOF : OTHER, step, random.nextInt(5) == 0);
          case 1 -> {
            if (!grouping.groups().isEmpty()) {
              Group group = grouping.groups().get(random.nextInt(grouping.groups().size()));
              grouping.left(group, group.members().get(0));
              if (group.members().isEmpty()) {
                grouping.ended(group);
              }
              settle();
            }
          }
          default -> settle();
        }
        check(seed, cores, most, memory);
      }
    }
  }

  private void check(int seed, int cores, int most, long memory) {
    List<Group> groups = grouping.groups();
    assertThat(groups.size()).as("seed %d", seed).isLessThanOrEqualTo(cores);
    assertThat(groups.stream().map(group -> group.core().cpu()).distinct().count())
        .isEqualTo(groups.size());
    long bytes = 0;
    for (Group group : groups) {
      bytes += 64 * GIB * group.slots();
      assertThat(group.slots()).isBetween(1, most);
      assertThat(group.members().size()).isBetween(1, group.slots());
      assertThat(group.members()).allMatch(seat -> seat.proof() == group.proof());
    }
    assertThat(bytes).as("seed %d", seed).isLessThanOrEqualTo(memory);
    boolean place = groups.size() < cores && bytes + 64 * GIB <= memory;
    if (place && grouping.lookAgain().isEmpty()) {
      assertThat(grouping.waiting()).as("seed %d", seed).isEmpty();
    }
    assertThat(grouping.waiting())
        .as("seed %d: an urgent one waits only where there is no place", seed)
        .noneMatch(seat -> seat.urgent() && place);
  }

  private void coming(SealProof proof, int sectors) {
    toCome.put(proof, sectors);
  }

  private void arrives(int number) {
    arrives(PROOF, number, false);
  }

  private void arrives(SealProof proof, int number, boolean urgent) {
    grouping.arrived(
        new Seat(
            null,
            Integer.toString(number),
            sector(number),
            proof,
            new ObjectMapper().createObjectNode(),
            urgent,
            now));
    settle();
  }

  private void end(Group group) {
    List.copyOf(group.members()).forEach(seat -> grouping.left(group, seat));
    grouping.ended(group);
  }

  private void settle() {
    waits.clear();
    grouping.settle(
        now,
        proof -> toCome.getOrDefault(proof, 0),
        new Grouping.Decided() {
          @Override
          public void begin(Group group) {
            decided.add(
                "begin %d: %s"
                    .formatted(
                        group.slots(),
                        group.members().stream().map(Seat::id).collect(Collectors.joining(" "))));
          }

          @Override
          public void join(Group group, Seat seat) {
            decided.add("join " + seat.id());
          }

          @Override
          public void wait(Seat seat, String why) {
            waits.put(seat.sector(), why);
          }

          @Override
          public void refuse(Seat seat, CoreException why) {
            refused.put(seat.sector(), why);
          }
        });
  }

  private static SectorId sector(int number) {
    return new SectorId(1001, number);
  }
}
