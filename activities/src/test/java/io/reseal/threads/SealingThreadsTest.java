package io.reseal.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.reseal.config.ThreadPlan;
import io.reseal.config.WorkerConfig;
import io.reseal.config.WorkerConfigs;
import io.reseal.contract.HoldRequest;
import io.reseal.contract.SectorFacts;
import io.reseal.contract.SectorFactsBuilder;
import io.reseal.contract.ThreadGrant;
import io.reseal.files.Scratch;
import io.reseal.files.ScratchOrigin;
import io.reseal.files.SectorKind;
import io.reseal.plan.UnsealedWish;
import io.reseal.problem.RefusedException;
import io.reseal.sector.Commitment;
import io.reseal.sector.RebuildState;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import io.reseal.sector.SectorSize;
import io.reseal.threads.ScratchVerdict.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who holds which sealing thread, also after a restart. */
class SealingThreadsTest {

  private static final SectorId ONE = new SectorId(1001, 1);
  private static final SectorId TWO = new SectorId(1002, 2);

  private static final Duration REST = Duration.ofMinutes(30);

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private long nanos = Long.MAX_VALUE - 1;
  private final Set<Integer> moved = new HashSet<>();
  private final Set<SectorId> rebuilding = new HashSet<>(Set.of(ONE, TWO));

  private final FakeEvidence evidence = new FakeEvidence();

  @TempDir private Path temp;

  @Test
  void aHeldThreadIsNotTakenByAnotherSector() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()));
    threads.take(request(ONE), null, null);
    assertThatThrownBy(() -> threads.take(request(TWO), null, null))
        .isInstanceOf(NoThreadException.class)
        .hasMessageContaining("host-a#0: held by sector f01001/1");
  }

  // Seen to fail: with threads that do not look for notes when they start.
  @Test
  void aThreadStaysItsRebuildsOverARestart() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    host(a).take(request(ONE), null, null);
    SealingThreads restarted = host(a);
    restarted.restore();
    assertThat(restarted.all().get(0).sector()).isEqualTo(ONE);
    assertThatThrownBy(() -> restarted.take(request(TWO), null, null))
        .isInstanceOf(NoThreadException.class);
    assertThat(restarted.take(request(ONE), null, null).sector()).isEqualTo(ONE);
  }

  @Test
  void aThreadOfARebuildThatEndedMeanwhileIsFreeAfterARestart() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    host(a).take(request(ONE), null, null);
    rebuilding.remove(ONE);
    SealingThreads restarted = host(a);
    restarted.restore();
    assertThat(restarted.all().get(0).sector()).isNull();
    assertThat(restarted.take(request(TWO), null, null).sector()).isEqualTo(TWO);
  }

  // Fails if a thread whose disk is away counts as one with room, or a held one as one that will
  // never have it.
  @Test
  void roomIsLackingIfNoThreadWillHaveIt() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()), thread("b", Set.of(), Set.of()));
    SectorKind kind = new SectorKind(SealProof.KIB_2_V1_1, false);
    assertThat(host().lackOfRoom(TWO, kind)).containsExactly("it has no sealing thread");

    Files.delete(temp.resolve("a"));
    assertThat(threads.lackOfRoom(TWO, kind)).as("the other one has room").isEmpty();
    threads.take(request(ONE), threads.all().get(1).grant(), null);
    delete(temp.resolve("b"));
    assertThat(threads.lackOfRoom(TWO, kind)).as("it is held, and its sector leaves").isEmpty();

    threads.release(ONE, threads.all().get(1), null);
    assertThat(threads.lackOfRoom(TWO, kind)).hasSize(2).allMatch(why -> why.contains("/"));
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void aReleasedThreadIsFreeAndItsNoteIsGone() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    SealingThreads threads = host(a);
    SealingThread taken = threads.take(request(ONE), null, null);
    threads.release(TWO, taken, null);
    assertThat(taken.sector()).isEqualTo(ONE);
    threads.release(ONE, taken, null);
    assertThat(taken.sector()).isNull();
    assertThat(taken.released().getCount()).isZero();
    SealingThreads restarted = host(a);
    restarted.restore();
    assertThat(restarted.all().get(0).sector()).isNull();
  }

  @Test
  void theThreadARebuildHadGoesBeforeOthers() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()), thread("b", Set.of(), Set.of()));
    ThreadGrant second = threads.all().get(1).grant();
    assertThat(threads.take(request(ONE), second, null).grant()).isEqualTo(second);
  }

  @Test
  void minersAndSizesThatAreNotAllowedAreLeftOut() throws Exception {
    SealingThreads threads =
        host(
            thread("a", Set.of(1002L), Set.of()), thread("b", Set.of(), Set.of(SectorSize.GIB_32)));
    assertThatThrownBy(() -> threads.take(request(ONE), null, null))
        .isInstanceOf(NoThreadException.class)
        .hasMessageContainingAll("host-a#0: its allowed_miners", "host-a#1: its allowed_miners");
    assertThat(threads.take(request(TWO), null, null).grant().index()).isZero();
  }

  @Test
  void aThreadWithAnotherPlanTakesNothing() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    SealingThreads threads =
        host(new WorkerConfig.SealingThread(0, a.location(), ThreadPlan.SEALER, a.sealing()));
    assertThat(threads.wantsHolds()).isFalse();
    assertThatThrownBy(() -> threads.take(request(ONE), null, null))
        .isInstanceOf(NoThreadException.class)
        .hasMessageContaining("its plan is sealer");
  }

  @Test
  void aStepMakesAFreeThreadItsRebuildsAndIsRefusedOnAnothersOne() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()));
    ThreadGrant grant = threads.all().get(0).grant();
    assertThat(threads.enter(ONE, grant).sector()).isEqualTo(ONE);
    assertThatThrownBy(() -> threads.enter(TWO, grant))
        .isInstanceOf(NoThreadException.class)
        .hasMessageContaining("held by sector f01001/1 now");
    assertThatThrownBy(
            () -> threads.enter(TWO, new ThreadGrant("host-a", 0, "/gone", null, null, null)))
        .isInstanceOf(NoThreadException.class)
        .hasMessageContaining("/gone is no longer in this host's file");
  }

  // Seen to fail: with scratch that only its own rebuild's end removes.
  @Test
  void scratchOfARebuildThatEndedElsewhereGoesAndThatOfAParkedOneStays() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()));
    SealingThread only = threads.all().get(0);
    only.scratch().claim(facts(ONE));
    only.scratch().claim(facts(TWO));
    evidence.says(ONE, Kind.ENDED);
    threads.restore();
    assertThat(only.scratch().owner(ONE)).isEmpty();
    assertThat(only.scratch().files(ONE).cacheDir()).doesNotExist();
    assertThat(only.scratch().owner(TWO)).isPresent();
  }

  // Catches: scratch that is removed although nothing shows that its rebuild has ended.
  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"ENDED"},
      mode = EnumSource.Mode.EXCLUDE)
  void withoutProofThatItsRebuildHasEndedScratchStays(Kind verdict) throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()));
    threads.claim(threads.all().get(0), facts(ONE), null, "rebuild", "run-1");
    evidence.says(ONE, verdict);
    rebuilding.remove(ONE);
    threads.restore();
    threads.take(request(TWO), null, null);
    assertThat(threads.all().get(0).scratch().owner(ONE)).isPresent();
  }

  // Catches: scratch without a note of its rebuild and its inputs, or with an outdated one.
  @Test
  void scratchSaysForWhichRebuildItIsAndFromWhichInputs() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()));
    SealingThread only = threads.all().get(0);
    threads.claim(only, facts(ONE), null, "rebuild", "run-1");
    threads.claim(only, facts(ONE), null, "rebuild", "run-2");
    assertThat(only.scratch().origin(Scratch.Claim.of(facts(ONE))))
        .contains(new ScratchOrigin(evidence.here("rebuild", "run-2"), facts(ONE), null));
    threads.claim(only, facts(ONE), UnsealedWish.ONLY, "rebuild", "run-2");
    assertThat(only.scratch().origin(Scratch.Claim.of(facts(ONE))))
        .map(ScratchOrigin::unsealed)
        .contains(UnsealedWish.ONLY);
  }

  // Catches: an earlier rebuild's late release that removes what a later one is working on.
  @Test
  void onlyItsOwnRebuildRemovesScratchWhenItGivesTheThreadBack() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()));
    SealingThread only = threads.all().get(0);
    threads.claim(only, facts(ONE), null, "rebuild", "run-2");
    threads.removeScratch(only, ONE, "rebuild", "run-1");
    assertThat(only.scratch().owner(ONE)).isPresent();
    threads.removeScratch(only, ONE, "rebuild", "run-2");
    assertThat(only.scratch().owner(ONE)).isEmpty();
  }

  // Catches: a rebuild with other inputs that removes the work of one that may still be needed.
  @Test
  void workFromOtherInputsGivesWayOnlyToItsOwnRebuildOrWhenItHasEnded() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()));
    SealingThread only = threads.all().get(0);
    SectorFacts other =
        SectorFactsBuilder.of(ONE, new Commitment("cd".repeat(32)))
            .replicaId(new Commitment("cd".repeat(32)))
            .build();
    threads.claim(only, facts(ONE), null, "rebuild", "run-1");
    evidence.says(ONE, Kind.KEPT);
    assertThatThrownBy(() -> threads.claim(only, other, null, "rebuild", "run-2"))
        .hasMessageContaining("reseal scratch remove 1001 1");
    threads.claim(only, other, null, "rebuild", "run-1");
    evidence.says(ONE, Kind.ENDED);
    threads.claim(only, facts(ONE), null, "rebuild", "run-2");
    assertThat(only.scratch().owner(ONE)).contains(Scratch.Claim.of(facts(ONE)));
  }

  // Catches: a command that removes what a rebuild still has.
  @Test
  void onPurposeOnlyScratchThatNoRebuildHasIsRemoved() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()));
    SealingThread only = threads.take(request(TWO), null, null);
    threads.claim(only, facts(ONE), null, "rebuild", "run-1");
    threads.claim(only, facts(TWO), null, "rebuild", "run-2");
    evidence.says(ONE, Kind.PARKED);
    evidence.says(TWO, Kind.KEPT);
    refused(() -> threads.removeScratchOnPurpose(ONE), "the reason");
    refused(() -> threads.removeScratchOnPurpose(TWO), "its rebuild holds the thread");
    evidence.says(ONE, Kind.UNDECIDED);
    refused(() -> threads.removeScratchOnPurpose(ONE), "the reason");
    evidence.says(ONE, Kind.KEPT);
    assertThat(threads.removeScratchOnPurpose(ONE)).containsExactly(only);
    refused(() -> threads.removeScratchOnPurpose(ONE), "no scratch files");
  }

  // Catches: two threads on one disk that both count its free room, also after a restart.
  @Test
  void whatASectorWillStillTakeIsPromisedRoomForOthersOnItsDisk() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    WorkerConfig.SealingThread b = thread("b", Set.of(), Set.of());
    SealingThreads threads = host(a, b);
    SealingThread first = threads.take(request(ONE), null, null);
    SealingThread second = threads.all().get(1);
    long whole = Scratch.requiredBytes(new SectorKind(SealProof.KIB_2_V1_1, false));
    assertThat(new PromisedRoom(threads.all()).besides(second).bytes()).isEqualTo(whole);
    assertThat(new PromisedRoom(threads.all()).besides(first)).isEqualTo(Scratch.Need.NONE);

    Files.write(
        threads.claim(first, facts(ONE), null, "rebuild", "run-1").unsealed(), new byte[2048]);
    SealingThreads restarted = host(a, b);
    restarted.restore();
    assertThat(new PromisedRoom(restarted.all()).besides(restarted.all().get(1)).bytes())
        .isEqualTo(whole - 2048);
  }

  // Catches: room for a full rebuild that is demanded for a repair, or that nobody is promised once
  // more is to be made.
  @Test
  void aRepairIsPromisedLittleUntilMoreIsToBeMade() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()), thread("b", Set.of(), Set.of()));
    SectorKind kind = new SectorKind(SealProof.GIB_32_V1_1, false);
    SealingThread first = threads.take(repairing(ONE, SealProof.GIB_32_V1_1), null, null);
    PromisedRoom promised = new PromisedRoom(threads.all());
    assertThat(promised.besides(threads.all().get(1)).bytes())
        .isEqualTo(Scratch.requiredBytes(kind.onlyRepaired()))
        .isLessThan(100L << 20);

    threads.all().get(0).needs(kind.onlyRepaired());
    threads.release(ONE, first, null);
    SealingThread again = threads.take(repairing(ONE, SealProof.KIB_2_V1_1), null, null);
    SectorKind small = new SectorKind(SealProof.KIB_2_V1_1, false);
    assertThat(threads.promiseAll(again, ONE, small)).isEmpty();
    assertThat(promised.besides(threads.all().get(1)).bytes())
        .isEqualTo(Scratch.requiredBytes(small));
  }

  // Catches: a hold that is repeated, also after a restart, and takes back what was promised since
  // it was asked for; a repair that needs all room after a restart.
  @Test
  void aRepeatedHoldKeepsWhatWasPromised() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    WorkerConfig.SealingThread b = thread("b", Set.of(), Set.of());
    SectorKind all = new SectorKind(SealProof.KIB_2_V1_1, false);
    HoldRequest request = repairing(ONE, SealProof.KIB_2_V1_1);
    SealingThreads threads = host(a, b);
    threads.take(request, null, null);
    SealingThreads restarted = host(a, b);
    restarted.restore();
    SealingThread held = restarted.take(request, null, null);
    assertThat(held.kind()).contains(all.onlyRepaired());

    assertThat(restarted.promiseAll(held, ONE, all)).isEmpty();
    assertThat(restarted.take(request, null, null).kind()).contains(all);
    SealingThreads again = host(a, b);
    again.restore();
    held = again.take(request, null, null);
    assertThat(held.kind()).contains(all);
    again.release(ONE, held, null);
    assertThat(again.take(request, null, null).kind()).contains(all.onlyRepaired());
  }

  /** So many sectors of 64 GiB need 60 TB. */
  // Catches: more room promised than the disk has; a refused sector that is promised it.
  @Test
  void noMoreIsPromisedThanTheDiskHas() throws Exception {
    SectorKind kind = new SectorKind(SealProof.GIB_64_V1_1, false);
    List<WorkerConfig.SealingThread> configs = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      configs.add(thread("t" + i, Set.of(), Set.of()));
    }
    SealingThreads threads = host(configs.toArray(WorkerConfig.SealingThread[]::new));
    Optional<String> lack = Optional.empty();
    long promisedBefore = 0;
    for (int i = 0; i < 60 && lack.isEmpty(); i++) {
      SectorId sector = new SectorId(1001, 100 + i);
      SealingThread held = threads.take(repairing(sector, SealProof.GIB_64_V1_1), null, null);
      promisedBefore = bytes(threads, held);
      lack = threads.promiseAll(held, sector, kind);
      if (lack.isPresent()) {
        assertThat(lack.get()).contains("bytes free, of about");
        assertThat(held.kind().orElseThrow().repaired()).isTrue();
      }
    }
    assertThat(lack).isPresent();
    assertThat(promisedBefore % Scratch.requiredBytes(kind)).isZero();
  }

  private static long bytes(SealingThreads threads, SealingThread than) {
    return new PromisedRoom(threads.all()).besides(than).bytes();
  }

  private static HoldRequest repairing(SectorId sector, SealProof proof) {
    return new HoldRequest(
        sector, proof, null, 0, Duration.ofSeconds(1), false, null, null, null, true, true);
  }

  // Catches: a rebuild that waits for a store without a reason in the list of threads.
  @Test
  void freeThreadsShowThatNoStoreHasRoomUntilOneHas() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()));
    threads.noStore("Host.NoStore: full");
    assertThat(threads.all().get(0).lastError()).isEqualTo("Host.NoStore: full");
    threads.noStore(null);
    assertThat(threads.all().get(0).lastError()).isNull();
  }

  // Catches: a rebuild that begins again on one thread with its work in another one's location.
  @Test
  void aThreadWithTheSectorsScratchGoesBeforeOthers() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()), thread("b", Set.of(), Set.of()));
    threads.claim(threads.all().get(1), facts(ONE), null, "rebuild", "run-1");
    assertThat(threads.take(request(ONE), null, null).grant().index()).isEqualTo(1);
  }

  // Catches: one thread's torn note that keeps the whole worker from starting.
  @Test
  void anUnreadableNoteKeepsOnlyItsThreadFromWorking() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    WorkerConfig.SealingThread b = thread("b", Set.of(), Set.of());
    Files.createDirectories(a.location().resolve("reseal"));
    Path note = Files.writeString(a.location().resolve("reseal").resolve("held-by"), "x/y");
    SealingThreads threads = host(a, b);

    threads.restore();

    assertThat(threads.all().get(0).lastError()).contains(note.toString());
    SealingThread taken = threads.take(request(ONE), null, null);
    assertThat(taken).isSameAs(threads.all().get(1));
    Files.delete(note);
    threads.refresh();
    assertThat(threads.take(request(TWO), null, null)).isSameAs(threads.all().get(0));
  }

  // Catches: one disk that is away and keeps the host's other threads idle, or the worker from
  // starting.
  @Test
  void aLocationThatIsAwayKeepsOnlyItsThreadFromWorkingUntilItIsBack() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    WorkerConfig.SealingThread b = thread("b", Set.of(), Set.of());
    Path elsewhere = temp.resolve("unmounted");
    Files.move(a.location(), elsewhere);
    List<Path> secured = new ArrayList<>();
    SealingThreads threads = host(a, b);

    threads.restore(secured::add);

    assertThat(threads.wantsHolds()).isTrue();
    assertThat(threads.all().get(0).lastError())
        .contains(a.location().toString(), "mount its disk");
    SealingThread taken = threads.take(request(ONE), null, null);
    assertThat(taken).isSameAs(threads.all().get(1));
    assertThatThrownBy(() -> threads.take(request(TWO), null, null))
        .isInstanceOf(NoThreadException.class)
        .hasMessageContaining("mount its disk");
    assertThat(a.location()).doesNotExist();
    assertThat(secured).containsExactly(b.location());

    Files.move(elsewhere, a.location());
    threads.refresh();

    assertThat(secured).containsExactly(b.location(), a.location());
    assertThat(threads.all().get(0).lastError()).isNull();
    assertThat(threads.take(request(TWO), null, null)).isSameAs(threads.all().get(0));
  }

  // Catches: a disk that dies while its thread is held, or just before a sector is taken.
  @Test
  void aLocationThatGoesAwayWhileTheWorkerRunsBlocksNoOtherThread() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    WorkerConfig.SealingThread b = thread("b", Set.of(), Set.of());
    SealingThreads threads = host(a, b);
    threads.restore();
    SealingThread held = threads.take(request(ONE), null, null);
    Files.move(a.location(), temp.resolve("unmounted"));

    assertThat(threads.take(request(TWO), null, null)).isSameAs(threads.all().get(1));

    threads.refresh();
    assertThat(held.lastError()).contains("mount its disk");
    threads.release(ONE, held, null);
    assertThat(held.sector()).isNull();
    assertThat(threads.wantsHolds()).isFalse();
  }

  // Seen to fail: with a pause that is forgotten when the worker starts again.
  // Catches: one disk that hangs, and a lock that is held meanwhile, so that no command to any
  // thread of the host is answered and nothing is taken or given back.
  @Test
  @Timeout(60)
  void aLocationThatHangsKeepsNoOtherThreadFromAnythingUntilItAnswers() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()), thread("b", Set.of(), Set.of()));
    SealingThread first = threads.all().get(0);
    CountDownLatch answers = new CountDownLatch(1);
    threads.restore(
        location -> {
          if (location.equals(first.scratch().location())) {
            await(answers);
          }
        });

    SealingThread taken = threads.take(request(ONE), null, null);

    assertThat(taken.grant().index()).isEqualTo(1);
    threads.pause(1, "ann", true);
    threads.release(ONE, taken, null);
    assertThat(taken.sector()).isNull();
    assertThat(first.lastError()).contains("did not answer");

    answers.countDown();
    while (first.isAway()) {
      threads.refresh();
    }
    assertThat(threads.take(request(ONE), null, null)).isSameAs(first);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aPausedThreadTakesNothingUntilItIsResumedAlsoAfterARestart() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    SealingThreads threads = host(a);
    threads.pause(0, "anne", false);
    SealingThreads restarted = host(a);
    restarted.restore();
    assertThat(restarted.wantsHolds()).isFalse();
    assertThatThrownBy(() -> restarted.take(request(ONE), null, null))
        .isInstanceOf(NoThreadException.class)
        .hasMessageContaining("paused by anne");
    assertThat(restarted.all().get(0).paused())
        .contains(new ThreadMark("anne", now.toEpochMilli(), "paused by anne", false));
    restarted.resume(0, "bert");
    assertThat(restarted.take(request(ONE), null, null).sector()).isEqualTo(ONE);
  }

  // Seen to fail: with a pause that also keeps a rebuild from the thread it had.
  @Test
  void aRebuildHasItsPausedThreadAgainAfterARestart() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    SealingThreads threads = host(a);
    threads.take(request(ONE), null, null);
    threads.pause(0, "anne", true);
    SealingThreads restarted = host(a);
    restarted.restore();
    assertThat(restarted.wantsHolds()).isTrue();
    SealingThread again = restarted.take(request(ONE), null, null);
    assertThat(again.isStopped()).isTrue();
    assertThat(restarted.wantsHolds()).isFalse();
    restarted.release(ONE, again, null);
    assertThatThrownBy(() -> restarted.take(request(TWO), null, null))
        .isInstanceOf(NoThreadException.class);
  }

  @Test
  void commandsThatMakeNoSenseAreRefusedAndChangeNothing() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()), thread("b", Set.of(), Set.of()));
    refused(() -> threads.resume(0, "anne"), "neither paused nor marked");
    refused(() -> threads.pause(2, "anne", false), "no sealing thread 2; it has #0, #1");
    refused(() -> threads.resume(-1, "anne"), "no sealing thread -1");
    threads.pause(0, "anne", false);
    refused(() -> threads.pause(0, "bert", false), "host-a#0 is paused already, by anne");
    assertThat(threads.pause(0, "bert", true).isStopped()).isTrue();
    refused(() -> threads.pause(0, "cleo", true), "host-a#0 is paused already, by bert");
    threads.drain();
    refused(threads::drain, "host-a is being drained already");
  }

  // Seen to fail: with marks that no restart survives, and with marks that never end.
  @Test
  void aThreadWithAFaultRestsAlsoOverARestartAndThenOffersItselfAgain() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    SealingThreads threads = host(a);
    threads.faulted(threads.take(request(ONE), null, null), "Host.Gpu: it is gone");
    threads.release(ONE, threads.all().get(0), null);
    SealingThreads restarted = host(a);
    restarted.restore();
    SealingThread thread = restarted.all().get(0);
    assertThat(thread.lastError()).isEqualTo("Host.Gpu: it is gone");
    assertThat(restarted.wantsHolds()).isFalse();
    assertThatThrownBy(() -> restarted.take(request(TWO), null, null))
        .isInstanceOf(NoThreadException.class)
        .hasMessageContaining("Host.Gpu: it is gone");
    pass(REST);
    assertThat(restarted.wantsHolds()).isTrue();
    restarted.faulted(restarted.take(request(TWO), null, null), "Host.Gpu: gone again");
    restarted.release(TWO, thread, null);
    assertThat(restarted.wantsHolds()).isFalse();
    pass(REST);
    restarted.take(request(TWO), null, null);
    thread.succeeded();
    assertThat(thread.faulted()).isEmpty();
    SealingThreads third = host(a);
    third.restore();
    assertThat(third.all().get(0).faulted()).isEmpty();
  }

  // Catches: a clock that is set back, and a thread that takes nothing for hours; or one that is
  // set forward, and a thread that fails one sector after another.
  @ParameterizedTest
  @ValueSource(longs = {-3600, 3600})
  void aClockThatJumpsDoesNotChangeHowLongAThreadRests(long seconds) throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    SealingThreads threads = host(a);
    threads.faulted(threads.take(request(ONE), null, null), "Host.Gpu: it is gone");
    threads.release(ONE, threads.all().get(0), null);
    now = now.plusSeconds(seconds);
    pass(REST.minusNanos(1));
    assertThat(threads.wantsHolds()).isFalse();
    pass(Duration.ofNanos(1));
    assertThat(threads.wantsHolds()).isTrue();

    now = now.minusSeconds(36000);
    SealingThreads restarted = host(a);
    restarted.restore();
    assertThat(restarted.wantsHolds()).isFalse();
    pass(REST);
    assertThat(restarted.wantsHolds()).isTrue();
  }

  @Test
  void anOperatorTakesTheMarkOfAFaultOff() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()));
    threads.faulted(threads.all().get(0), "Host.Disk: read-only");
    threads.resume(0, "anne");
    assertThat(threads.wantsHolds()).isTrue();
    assertThat(threads.all().get(0).lastError()).isNull();
  }

  // Seen to fail: with an error that leaves the thread the first choice of every next attempt.
  @Test
  void aLocationThatTakesNoNoteIsMarkedAndTheNextThreadIsTaken() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    WorkerConfig.SealingThread b = thread("b", Set.of(), Set.of());
    Files.createFile(a.location().resolve("reseal"));
    SealingThreads threads = host(a, b);
    assertThatThrownBy(() -> threads.take(request(ONE), null, null))
        .isInstanceOf(IOException.class);
    assertThat(threads.all().get(0).lastError()).startsWith("Host.Disk: " + a.location());
    assertThat(threads.take(request(ONE), null, null).grant().index()).isEqualTo(1);
  }

  @Test
  void aMarkThatSaysNothingIsAPauseAllTheSame() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    Files.createDirectories(a.location().resolve("reseal"));
    Path mark = Files.createFile(a.location().resolve("reseal").resolve("paused"));
    SealingThreads threads = host(a);
    threads.restore();
    assertThat(threads.all().get(0).paused().orElseThrow().reason()).contains(mark.toString());
    assertThat(threads.wantsHolds()).isFalse();
  }

  // Seen to fail: with a hot file that changes the thread under the sector it has.
  @Test
  void aHotFileCountsFromTheNextSectorAndARunningOneKeepsWhatItHad() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    SealingThreads threads = host(a);
    Path hot = a.location().resolve("config.toml");
    Files.writeString(hot, "sealing.max_retries = 7\nsealing.recover_interval = \"9s\"\n");
    SealingThread thread = threads.take(request(ONE), null, null);
    assertThat(thread.grant().maxRetries()).isEqualTo(7);
    assertThat(thread.grant().recoverInterval()).isEqualTo(Duration.ofSeconds(9));
    Files.writeString(hot, "plan = \"sealer\"\n");
    threads.refresh();
    assertThat(thread.config().plan()).isEqualTo(ThreadPlan.REBUILD);
    threads.release(ONE, thread, null);
    assertThatThrownBy(() -> threads.take(request(TWO), null, null))
        .isInstanceOf(NoThreadException.class)
        .hasMessageContaining("its plan is sealer");
    assertThat(thread.config().plan()).isEqualTo(ThreadPlan.SEALER);
    Files.writeString(hot, "plan = ");
    threads.refresh();
    assertThat(thread.lastError()).contains(hot.toString(), "line 1");
    assertThat(threads.wantsHolds()).isFalse();
    Files.delete(hot);
    threads.refresh();
    assertThat(thread.lastError()).isNull();
    assertThat(threads.take(request(TWO), null, null).grant().maxRetries()).isNull();
  }

  @Test
  void aDrainedHostTakesNothingNewAndCountsWhatItHolds() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()), thread("b", Set.of(), Set.of()));
    SealingThread held = threads.take(request(ONE), null, null);
    threads.drain();
    assertThat(threads.isDraining()).isTrue();
    assertThat(threads.held()).isEqualTo(1);
    assertThat(threads.wantsHolds()).isFalse();
    assertThatThrownBy(() -> threads.take(request(TWO), null, null))
        .isInstanceOf(NoThreadException.class)
        .hasMessageContaining("host-a is being drained");
    threads.release(ONE, held, null);
    assertThat(threads.held()).isZero();
  }

  // Seen to fail: with sectors that are past PC1, of another proof or stopped.
  @Test
  void whatIsToBeLabelledAreTheHeldSectorsOfAProofBeforePc1() throws Exception {
    SealingThreads threads =
        host(
            thread("a", Set.of(), Set.of()),
            thread("b", Set.of(), Set.of()),
            thread("c", Set.of(), Set.of()));
    SealingThread one = threads.take(request(ONE), null, null);
    SealingThread two = threads.take(request(TWO), null, null);
    assertThat(threads.toLabel(SealProof.KIB_2_V1_1)).containsExactlyInAnyOrder(ONE, TWO);
    assertThat(threads.toLabel(SealProof.KIB_2_V1)).isEmpty();
    two.at(RebuildState.PC1_DONE);
    assertThat(threads.toLabel(SealProof.KIB_2_V1_1)).containsExactly(ONE);
    threads.pause(one.config().index(), "anne", true);
    assertThat(threads.toLabel(SealProof.KIB_2_V1_1)).isEmpty();
    threads.resume(one.config().index(), "anne");
    assertThat(threads.toLabel(SealProof.KIB_2_V1_1)).containsExactly(ONE);
    threads.release(ONE, one, null);
    assertThat(threads.toLabel(SealProof.KIB_2_V1_1)).isEmpty();
  }

  // Catches: a thread that stays blocked on a host that comes back after its rebuild moved
  // elsewhere.
  @Test
  void aThreadWhoseRebuildMovedElsewhereIsFreeAtOnceAfterARestart() throws Exception {
    WorkerConfig.SealingThread a = thread("a", Set.of(), Set.of());
    host(a).take(request(ONE), null, null);
    moved.add(0);
    SealingThreads restarted = host(a);
    restarted.restore();
    assertThat(restarted.all().get(0).sector()).isNull();
    assertThat(restarted.held()).isZero();
  }

  // Catches: a thread that is free only when another rebuild happens to ask for one, so that a
  // drain never ends.
  @Test
  void aThreadWhoseRebuildEndsWhileItIsAwaitedIsFreedByTheCheckOnceItsStepsHaveEnded()
      throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()));
    SealingThread thread = threads.take(request(ONE), null, 5L);
    threads.await(ONE, thread, 5L);
    threads.freeLeft();
    assertThat(threads.held()).as("its rebuild still has it").isEqualTo(1);

    List<String> stopped = new ArrayList<>();
    thread.steps().begins("PC1", () -> stopped.add("PC1"));
    rebuilding.remove(ONE);
    threads.freeLeft();
    assertThat(stopped).containsExactly("PC1");
    assertThat(threads.held()).as("its step still runs").isEqualTo(1);

    thread.steps().ended("PC1");
    threads.freeLeft();
    assertThat(threads.held()).isZero();
  }

  // Catches: an attempt to hold a thread that was given up and, when it ends, frees the thread that
  // the next attempt has got.
  @Test
  void onlyTheNewestGrantOfAThreadCanGiveItBack() throws Exception {
    SealingThreads threads = host(thread("a", Set.of(), Set.of()));
    SealingThread thread = threads.take(request(ONE), null, 5L);
    threads.take(request(ONE), null, 6L);
    threads.release(ONE, thread, 5L);
    threads.await(ONE, thread, 5L);
    rebuilding.remove(ONE);
    threads.freeLeft();
    assertThat(thread.sector()).isEqualTo(ONE);
    assertThatThrownBy(() -> threads.take(request(ONE), null, 5L))
        .isInstanceOf(NoThreadException.class)
        .hasMessageContaining("A later attempt");
    threads.release(ONE, thread, 6L);
    assertThat(thread.sector()).isNull();
  }

  // Seen to fail: with a proof that is not known before its hold is back.
  @Test
  void whatAnEarlierProcessHeldIsToBeLabelledToo() throws Exception {
    SealingThread held = host(thread("a", Set.of(), Set.of())).take(request(ONE), null, null);
    held.scratch().claim(facts(ONE));
    rebuilding.add(ONE);
    SealingThreads again =
        host(
            new WorkerConfig.SealingThread(
                0,
                temp.resolve("a"),
                ThreadPlan.REBUILD,
                WorkerConfigs.allowing(Set.of(), Set.of())));
    again.restore();
    assertThat(again.toLabel(SealProof.KIB_2_V1_1)).containsExactly(ONE);
  }

  private static void refused(ThrowingCallable command, String reason) {
    assertThatThrownBy(command).isInstanceOf(RefusedException.class).hasMessageContaining(reason);
  }

  private SealingThreads host(WorkerConfig.SealingThread... threads) {
    return new SealingThreads(
        WorkerConfigs.withThreads(temp.resolve("worker.toml"), threads),
        (sector, thread) -> rebuilding.contains(sector) && !moved.contains(thread.index()),
        evidence,
        REST,
        () -> now,
        () -> nanos,
        () -> {});
  }

  private void pass(Duration time) {
    now = now.plus(time);
    nanos += time.toNanos();
  }

  /** Judges as the test says; a run is only the same as itself. */
  private static final class FakeEvidence implements ScratchEvidence {

    private final Map<SectorId, Kind> kinds = new HashMap<>();

    void says(SectorId sector, Kind kind) {
      kinds.put(sector, kind);
    }

    @Override
    public ScratchOrigin.Rebuild here(String workflowId, String runId) {
      return new ScratchOrigin.Rebuild("cluster", "namespace", workflowId, runId);
    }

    @Override
    public boolean isSame(ScratchOrigin.Rebuild noted, String workflowId, String runId) {
      return noted.runId().equals(runId);
    }

    @Override
    public ScratchVerdict judge(Scratch.Claim claim, Optional<ScratchOrigin> origin) {
      return new ScratchVerdict(
          kinds.getOrDefault(claim.sector(), Kind.RUNNING), "the reason", null);
    }
  }

  private final List<String> made = new ArrayList<>();

  private WorkerConfig.SealingThread thread(String name, Set<Long> miners, Set<SectorSize> sizes)
      throws IOException {
    made.add(name);
    return new WorkerConfig.SealingThread(
        made.size() - 1,
        Files.createDirectories(temp.resolve(name)),
        ThreadPlan.REBUILD,
        WorkerConfigs.allowing(miners, sizes));
  }

  private static HoldRequest request(SectorId sector) {
    return new HoldRequest(
        sector, SealProof.KIB_2_V1_1, null, 0, Duration.ofSeconds(1), false, null);
  }

  private static SectorFacts facts(SectorId sector) {
    return SectorFactsBuilder.of(sector, new Commitment("ab".repeat(32))).build();
  }
}
