package io.reseal.labelling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.config.LabellingSettings;
import io.reseal.config.LayersInMemory;
import io.reseal.core.CoreCode;
import io.reseal.core.CoreException;
import io.reseal.core.StageDiedException;
import io.reseal.core.StageProgram;
import io.reseal.core.StageProgress;
import io.reseal.labelling.Seat.Labelled;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What happens to sectors when their group's process reports something or ends. The process is a
 * script: the test reads what is sent to it and writes its answers.
 */
@Timeout(60)
class LabellingTest {

  private static final SealProof PROOF = SealProof.KIB_2_V1_1;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Connects its input and output with the pipes of its core, whose other ends the test has. */
  private static final String SCRIPT =
      """
      #!/bin/sh
      read -r first
      core=$(printf '%s' "$first" | sed 's/.*"core":\\([0-9]*\\).*/\\1/')
      exec 3<&0
      { printf '%s\\n' "$first"; exec cat <&3; } >"DIR/heard-$core" 2>/dev/null &
      exec cat "DIR/say-$core"
      """;

  @TempDir private Path temp;

  private final ExecutorService waiters = Executors.newCachedThreadPool();
  private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
  private final Set<SectorId> held = new HashSet<>();
  private Labelling labelling;

  @BeforeEach
  void host() throws IOException, InterruptedException {
    Path program = temp.resolve("stage");
    Files.createFile(
        program,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.writeString(program, SCRIPT.replace("DIR", temp.toString()));
    for (String pipe : List.of("heard-0", "say-0", "heard-1", "say-1")) {
      Process made = new ProcessBuilder("mkfifo", temp.resolve(pipe).toString()).start();
      assertThat(made.waitFor()).isZero();
    }
    labelling =
        new Labelling(
            new StageProgram(program, Map.of()),
            new LabellingSettings(
                Optional.of(1),
                Optional.of(3),
                Duration.ofHours(1),
                Optional.of(1L << 20),
                Optional.empty(),
                LayersInMemory.ONE),
            List.of(),
            100,
            new FakeMachine(temp.resolve("machine")).cores(2, 1, false).root(),
            scheduler,
            InstantSource.system(),
            () -> {});
    labelling.expect(proof -> Set.copyOf(held));
  }

  @AfterEach
  void end() {
    waiters.shutdownNow();
    scheduler.shutdownNow();
  }

  /** A sector on its way through labelling. */
  private final class Waiter implements Seat.Listener {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final Seat seat;
    private final Future<Labelled> end;

    private Waiter(int number) {
      seat =
          labelling.enter(
              sector(number),
              PROOF,
              JSON.createObjectNode().put("cache", "/cache/" + number),
              false);
      Callable<Labelled> await = () -> seat.await(this);
      end = waiters.submit(await);
    }

    @Override
    public void waits(String why) {
      heard.add(why);
    }

    @Override
    public void progress(StageProgress at, List<SectorId> with) {
      heard.add("%s with %s".formatted(at.text(), with));
    }

    /** The next thing that it hears, apart from waiting for a group to gather. */
    private String next() throws InterruptedException {
      String next = heard.take();
      return next.startsWith("waits a moment") ? next() : next;
    }

    private Throwable failure() throws InterruptedException {
      try {
        throw new AssertionError("It ended well: " + end.get());
      } catch (ExecutionException e) {
        return e.getCause();
      }
    }
  }

  /** The process on a core, from the inside. */
  private final class Stage implements AutoCloseable {
    private final BufferedReader heard;
    private final PrintStream say;

    private Stage(int core) throws IOException {
      heard = Files.newBufferedReader(temp.resolve("heard-" + core));
      say =
          new PrintStream(
              Files.newOutputStream(temp.resolve("say-" + core)), true, StandardCharsets.UTF_8);
    }

    private JsonNode hears() throws IOException {
      return JSON.readTree(heard.readLine());
    }

    /** Waits for the end of its input: it must end, or it has ended. */
    private void hearsTheEnd() throws IOException {
      assertThat(heard.readLine()).isNull();
    }

    private void says(String sector, String what) {
      say.println("{\"sector\":\"%s\",%s}".formatted(sector, what.replace('\'', '"')));
    }

    private void progress(String sector, int done) {
      says(
          sector,
          "'progress':{'done':%d,'total':2,'unit':'layers','text':'layer %d of 2'}"
              .formatted(done, done + 1));
    }

    private void result(String sector, int resumed) {
      says(sector, "'result':{'layers':2,'resumed':%d,'replica_id':'ab'}".formatted(resumed));
    }

    /** Ends with the result of a group that came to its end. */
    private void endsWell() throws IOException {
      assertThat(hears().has("close")).isTrue();
      say.println("{\"result\":{\"sectors\":0}}");
      close();
    }

    /** Ends; without a result it has died. */
    @Override
    public void close() throws IOException {
      say.close();
      hearsTheEnd();
    }
  }

  /** Sectors that are labelled together, each with its seat, and their process. */
  private record Group(JsonNode request, Stage stage, List<Waiter> waiters, List<String> ids) {

    Waiter waiter(int index) {
      return waiters.get(index);
    }

    String id(int index) {
      return ids.get(index);
    }

    /** The process has labelled that sector; what its seat reports. */
    Labelled finish(int index, int resumed) throws Exception {
      stage.result(id(index), resumed);
      return waiter(index).end.get();
    }
  }

  /** Expects these sectors and no others, and lets each take a seat in one process. */
  private Group group(int... numbers) throws IOException {
    expects(numbers);
    return started(IntStream.of(numbers).mapToObj(Waiter::new).toList());
  }

  /** The process that those in their seats wait for, once each has joined it. */
  private Group started(List<Waiter> waiters) throws IOException {
    Stage stage = new Stage(0);
    return new Group(stage.hears(), stage, waiters, joins(stage, waiters.size()));
  }

  // Seen to fail: with what a process reports given to the first of its sectors.
  @Test
  void eachSectorHearsItsOwnProgressItsOwnFailureAndItsOwnEnd() throws Exception {
    Group group = group(1, 2, 3);
    Stage stage = group.stage();
    assertThat(group.request().path("op").asText()).isEqualTo("pc1_group");
    assertThat(group.request().path("proof").asText()).isEqualTo("StackedDrg2KiBV1_1");
    assertThat(group.request().path("layers_in_memory").asInt()).isEqualTo(1);
    assertThat(slots(group)).isEqualTo(3);
    assertThat(group.ids()).doesNotHaveDuplicates();
    stage.progress(group.id(1), 1);
    assertThat(group.waiter(1).next()).isEqualTo("layer 2 of 2 with [f01001/1, f01001/3]");
    stage.says(group.id(0), "'error':{'code':'NoSpace','message':'It is full.'}");
    assertFailed(group.waiter(0), CoreCode.NO_SPACE);
    stage.progress(group.id(2), 0);
    assertThat(group.waiter(2).next()).isEqualTo("layer 1 of 2 with [f01001/2]");
    assertThat(labelling.members())
        .containsExactly(new GroupMember(sector(2), 0, 2, 2), new GroupMember(sector(3), 0, 1, 2));
    Labelled labelled = group.finish(1, 1);
    assertThat(labelled.layers()).isEqualTo(2);
    assertThat(labelled.resumed()).isEqualTo(1);
    assertThat(labelled.others()).isEqualTo(2);
    assertThat(group.finish(2, 0).others()).isEqualTo(2);
    assertThat(labelling.members()).isEmpty();
    stage.endsWell();
  }

  // Seen to fail: with a core that stays taken when its group's process is gone.
  @Test
  void aProcessThatDiesFailsEachOfItsSectorsAndItsCoreIsFree() throws Exception {
    Group group = group(1, 2, 3);
    group.stage().close();
    for (Waiter waiter : group.waiters()) {
      assertThat(waiter.failure())
          .isInstanceOf(StageDiedException.class)
          .hasMessageContaining("without a result");
    }
    labelledAlone(4);
  }

  @Test
  void anErrorOfTheWholeGroupIsEachSectors() throws Exception {
    Group group = group(1, 2);
    group
        .stage()
        .say
        .println("{\"error\":{\"code\":\"NoMemory\",\"message\":\"Too little memory.\"}}");
    group.stage().close();
    for (Waiter waiter : group.waiters()) {
      assertFailed(waiter, CoreCode.NO_MEMORY);
    }
  }

  // Seen to fail: with a sector that counts as gone before the process has confirmed it.
  @Test
  void aSectorThatLeavesIsGoneWhenTheProcessSaysSoAndTheOthersGoOn() throws Exception {
    Group group = group(1, 2);
    Stage stage = group.stage();
    Waiter leaves = group.waiter(1);
    leaves.seat.leave();
    leaves.seat.leave();
    assertThat(stage.hears().path("leave").asText()).isEqualTo(group.id(1));
    stage.progress(group.id(1), 1);
    assertThat(leaves.next()).startsWith("layer 2 of 2");
    stage.says(group.id(1), "'left':true");
    assertThat(leaves.failure())
        .isInstanceOf(StageDiedException.class)
        .hasMessage("The step was stopped.");
    stage.progress(group.id(0), 1);
    assertThat(group.waiter(0).next()).isEqualTo("layer 2 of 2 with []");
    assertThat(group.finish(0, 0).others()).isEqualTo(1);
    stage.endsWell();
  }

  // Seen to fail: with a process that is asked to release its last sector, and does not answer.
  @Test
  void theLastOneThatLeavesEndsTheProcess() throws Exception {
    Group group = group(1, 2);
    group.waiter(0).seat.leave();
    assertThat(group.stage().hears().has("leave")).isTrue();
    group.waiter(1).seat.leave();
    group.stage().hearsTheEnd();
    assertThat(group.waiter(0).failure()).hasMessage("The step was stopped.");
    assertThat(group.waiter(1).failure()).hasMessage("The step was stopped.");
  }

  // Seen to fail: with one sector's refusal that ends the whole group.
  @Test
  void aLateSectorJoinsWhereThereIsASlotAndItsRefusalIsItsOwn() throws Exception {
    expects(1, 2, 3);
    Waiter first = new Waiter(1);
    held.clear();
    held.add(sector(1));
    labelling.look();
    Group alone = started(List.of(first));
    assertThat(slots(alone)).isEqualTo(1);
    Waiter waits = new Waiter(2);
    assertThat(waits.next()).startsWith("waits for a core to label on: 1 in use (f01001/1");
    waits.seat.leave();
    assertThat(waits.failure()).hasMessage("The step was stopped.");
    assertThat(alone.finish(0, 0).others()).isZero();
    alone.stage().endsWell();

    Group pair = group(3, 4);
    assertThat(slots(pair)).isEqualTo(2);
    assertThat(pair.finish(0, 0).others()).isEqualTo(1);
    Waiter late = new Waiter(5);
    String lateId = joins(pair.stage(), 1).get(0);
    pair.stage().says(lateId, "'error':{'code':'Busy','message':'No slot is free.'}");
    assertFailed(late, CoreCode.BUSY);
    assertThat(pair.finish(1, 0).others()).isEqualTo(2);
    pair.stage().endsWell();
  }

  // Seen to fail: with sectors' names used in place of the seats'.
  @Test
  void aLateAnswerToAnEarlierSeatIsNotTheNextOnes() throws Exception {
    Group group = group(1, 2);
    Stage stage = group.stage();
    group.waiter(1).seat.leave();
    stage.hears();
    stage.says(group.id(1), "'left':true");
    assertThat(group.waiter(1).failure()).hasMessage("The step was stopped.");
    Waiter again = new Waiter(2);
    String newId = joins(stage, 1).get(0);
    stage.says(group.id(1), "'error':{'code':'InvalidRequest','message':'Not in the group.'}");
    stage.result(newId, 1);
    assertThat(again.end.get().resumed()).isEqualTo(1);
    assertThat(group.finish(0, 0).others()).isEqualTo(1);
    stage.endsWell();
  }

  // Seen to fail: with a sector that was labelled and is still waited for, because its thread has
  // not reported it yet.
  @Test
  void aSectorThatIsLabelledIsNoLongerExpected() throws Exception {
    labelledAlone(1);
    held.add(sector(2));
    Group next = started(List.of(new Waiter(2)));
    assertThat(slots(next)).isEqualTo(1);
    assertThat(next.finish(0, 0).others()).isZero();
    next.stage().endsWell();
    // Given back and held again, both are rebuilt once more.
    held.clear();
    labelling.look();
    Group last = group(1, 2);
    assertThat(slots(last)).isEqualTo(2);
    last.stage().result(last.id(0), 0);
    assertThat(last.finish(1, 0).others()).isEqualTo(1);
    assertThat(last.waiter(0).end.get().others()).isEqualTo(1);
    last.stage().endsWell();
  }

  @Test
  void aProgramThatCannotBeStartedFailsItsSectorsAndFreesTheCore() throws Exception {
    Files.delete(temp.resolve("stage"));
    expects(1);
    assertThat(new Waiter(1).failure())
        .isInstanceOf(StageDiedException.class)
        .hasMessageContaining("could not be started");
    ThrowingCallable again = () -> new Waiter(1).end.get();
    assertThatThrownBy(again).hasMessageContaining("could not be started");
  }

  /** A sector gets a process for itself and is labelled. */
  private void labelledAlone(int number) throws Exception {
    Group alone = group(number);
    assertThat(slots(alone)).isEqualTo(1);
    assertThat(alone.finish(0, 0).others()).isZero();
    alone.stage().endsWell();
  }

  /** How many sectors the process has room for. */
  private static int slots(Group group) {
    return group.request().path("slots").asInt();
  }

  private static void assertFailed(Waiter waiter, CoreCode code) throws InterruptedException {
    assertThat(waiter.failure())
        .isInstanceOfSatisfying(CoreException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  private void expects(int... numbers) {
    held.clear();
    for (int number : numbers) {
      held.add(sector(number));
    }
  }

  /** The ids of the next sectors that join, each with its own request. */
  private static List<String> joins(Stage stage, int count) throws IOException {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      JsonNode join = stage.hears();
      assertThat(join.path("cache").asText()).startsWith("/cache/");
      assertThat(join.has("op")).isFalse();
      ids.add(join.path("join").asText());
    }
    return ids;
  }

  private static SectorId sector(int number) {
    return new SectorId(1001, number);
  }
}
