package io.reseal.labelling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.reseal.config.LabellingSettings;
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
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What becomes of sectors by what their group's process says and does. The process is a script: the
 * test hears what it is told, and says what it answers.
 */
@Timeout(60)
class LabellingTest {

  private static final SealProof PROOF = SealProof.KIB_2_V1_1;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Passes on what it hears and what it is to say, through the pipes of its core. */
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
            new LabellingSettings(Optional.of(1), 3, Duration.ofHours(1), Optional.of(1L << 20)),
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

    /** The next thing that it hears besides that it waits for a group to gather. */
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

    /** Waits until it is told nothing any more: its end is wanted, or it has ended. */
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

    /** Ends in whatever way; without a result it has died. */
    @Override
    public void close() throws IOException {
      say.close();
      hearsTheEnd();
    }
  }

  // Seen to fail: with what a process says given to the first of its sectors.
  @Test
  void eachSectorHearsItsOwnProgressItsOwnFailureAndItsOwnEnd() throws Exception {
    expects(1, 2, 3);
    Waiter one = new Waiter(1);
    Waiter two = new Waiter(2);
    Waiter three = new Waiter(3);
    Stage stage = new Stage(0);
    JsonNode first = stage.hears();
    assertThat(first.path("op").asText()).isEqualTo("pc1_group");
    assertThat(first.path("proof").asText()).isEqualTo("StackedDrg2KiBV1_1");
    assertThat(first.path("slots").asInt()).isEqualTo(3);
    List<String> ids = joins(stage, 3);
    assertThat(ids).doesNotHaveDuplicates();
    stage.progress(ids.get(1), 1);
    assertThat(two.next()).isEqualTo("layer 2 of 2 with [f01001/1, f01001/3]");
    stage.says(ids.get(0), "'error':{'code':'NoSpace','message':'It is full.'}");
    assertThat(one.failure())
        .isInstanceOfSatisfying(
            CoreException.class, e -> assertThat(e.code()).isEqualTo(CoreCode.NO_SPACE));
    stage.progress(ids.get(2), 0);
    assertThat(three.next()).isEqualTo("layer 1 of 2 with [f01001/2]");
    assertThat(labelling.members())
        .containsExactly(new GroupMember(sector(2), 0, 2, 2), new GroupMember(sector(3), 0, 1, 2));
    stage.result(ids.get(1), 1);
    Labelled labelled = two.end.get();
    assertThat(labelled.layers()).isEqualTo(2);
    assertThat(labelled.resumed()).isEqualTo(1);
    assertThat(labelled.others()).isEqualTo(2);
    stage.result(ids.get(2), 0);
    assertThat(three.end.get().others()).isEqualTo(2);
    assertThat(labelling.members()).isEmpty();
    stage.endsWell();
  }

  // Seen to fail: with a core that stays taken when its group's process is gone.
  @Test
  void aProcessThatDiesFailsEachOfItsSectorsAndItsCoreIsFree() throws Exception {
    expects(1, 2, 3);
    List<Waiter> all = List.of(new Waiter(1), new Waiter(2), new Waiter(3));
    Stage stage = new Stage(0);
    stage.hears();
    var unused = joins(stage, 3);
    stage.close();
    for (Waiter waiter : all) {
      assertThat(waiter.failure())
          .isInstanceOf(StageDiedException.class)
          .hasMessageContaining("without a result");
    }
    expects(4);
    Waiter again = new Waiter(4);
    Stage next = new Stage(0);
    assertThat(next.hears().path("slots").asInt()).isEqualTo(1);
    next.result(joins(next, 1).get(0), 0);
    assertThat(again.end.get().others()).isZero();
    next.endsWell();
  }

  @Test
  void anErrorOfTheWholeGroupIsEachSectors() throws Exception {
    expects(1, 2);
    Waiter one = new Waiter(1);
    Waiter two = new Waiter(2);
    Stage stage = new Stage(0);
    stage.hears();
    var unused = joins(stage, 2);
    stage.say.println("{\"error\":{\"code\":\"NoMemory\",\"message\":\"Too little memory.\"}}");
    stage.close();
    for (Waiter waiter : List.of(one, two)) {
      assertThat(waiter.failure())
          .isInstanceOfSatisfying(
              CoreException.class, e -> assertThat(e.code()).isEqualTo(CoreCode.NO_MEMORY));
    }
  }

  // Seen to fail: with a sector that counts as gone before the process has said so.
  @Test
  void aSectorThatLeavesIsGoneWhenTheProcessSaysSoAndTheOthersGoOn() throws Exception {
    expects(1, 2);
    Waiter stays = new Waiter(1);
    Waiter leaves = new Waiter(2);
    Stage stage = new Stage(0);
    stage.hears();
    List<String> ids = joins(stage, 2);
    leaves.seat.leave();
    leaves.seat.leave();
    assertThat(stage.hears().path("leave").asText()).isEqualTo(ids.get(1));
    stage.progress(ids.get(1), 1);
    assertThat(leaves.next()).startsWith("layer 2 of 2");
    stage.says(ids.get(1), "'left':true");
    assertThat(leaves.failure())
        .isInstanceOf(StageDiedException.class)
        .hasMessage("The step was stopped.");
    stage.progress(ids.get(0), 1);
    assertThat(stays.next()).isEqualTo("layer 2 of 2 with []");
    stage.result(ids.get(0), 0);
    assertThat(stays.end.get().others()).isEqualTo(1);
    stage.endsWell();
  }

  // Seen to fail: with a process that is asked to let its last sector go, and does not answer.
  @Test
  void theLastOneThatLeavesEndsTheProcess() throws Exception {
    expects(1, 2);
    Waiter one = new Waiter(1);
    Waiter two = new Waiter(2);
    Stage stage = new Stage(0);
    stage.hears();
    var unused = joins(stage, 2);
    one.seat.leave();
    assertThat(stage.hears().has("leave")).isTrue();
    two.seat.leave();
    stage.hearsTheEnd();
    assertThat(one.failure()).hasMessage("The step was stopped.");
    assertThat(two.failure()).hasMessage("The step was stopped.");
  }

  // Seen to fail: with a refusal that ends the whole group.
  @Test
  void aLateSectorJoinsWhereThereIsASlotAndItsRefusalIsItsOwn() throws Exception {
    expects(1, 2, 3);
    Waiter first = new Waiter(1);
    held.clear();
    held.add(sector(1));
    labelling.look();
    Stage alone = new Stage(0);
    assertThat(alone.hears().path("slots").asInt()).isEqualTo(1);
    String id = joins(alone, 1).get(0);
    Waiter waits = new Waiter(2);
    assertThat(waits.next()).startsWith("waits for a core to label on: 1 in use (f01001/1");
    waits.seat.leave();
    assertThat(waits.failure()).hasMessage("The step was stopped.");
    alone.result(id, 0);
    assertThat(first.end.get().others()).isZero();
    alone.endsWell();

    expects(3, 4);
    Waiter three = new Waiter(3);
    Waiter four = new Waiter(4);
    Stage pair = new Stage(0);
    assertThat(pair.hears().path("slots").asInt()).isEqualTo(2);
    List<String> ids = joins(pair, 2);
    pair.result(ids.get(0), 0);
    assertThat(three.end.get().others()).isEqualTo(1);
    Waiter late = new Waiter(5);
    String lateId = joins(pair, 1).get(0);
    pair.says(lateId, "'error':{'code':'Busy','message':'No slot is free.'}");
    assertThat(late.failure())
        .isInstanceOfSatisfying(
            CoreException.class, e -> assertThat(e.code()).isEqualTo(CoreCode.BUSY));
    pair.result(ids.get(1), 0);
    assertThat(four.end.get().others()).isEqualTo(2);
    pair.endsWell();
  }

  // Seen to fail: with sectors' names in place of the seats' own.
  @Test
  void aLateWordOfAnEarlierSeatIsNoneOfTheNextOnes() throws Exception {
    expects(1, 2);
    Waiter stays = new Waiter(1);
    Waiter leaves = new Waiter(2);
    Stage stage = new Stage(0);
    stage.hears();
    List<String> ids = joins(stage, 2);
    leaves.seat.leave();
    stage.hears();
    stage.says(ids.get(1), "'left':true");
    assertThat(leaves.failure()).hasMessage("The step was stopped.");
    Waiter again = new Waiter(2);
    String newId = joins(stage, 1).get(0);
    stage.says(ids.get(1), "'error':{'code':'InvalidRequest','message':'Not in the group.'}");
    stage.result(newId, 1);
    assertThat(again.end.get().resumed()).isEqualTo(1);
    stage.result(ids.get(0), 0);
    assertThat(stays.end.get().others()).isEqualTo(1);
    stage.endsWell();
  }

  // Seen to fail: with a sector that was labelled and is still waited for, as its thread says
  // nothing yet.
  @Test
  void aSectorThatIsLabelledIsExpectedNoMore() throws Exception {
    expects(1);
    Waiter one = new Waiter(1);
    Stage stage = new Stage(0);
    stage.hears();
    stage.result(joins(stage, 1).get(0), 0);
    var unused = one.end.get();
    stage.endsWell();
    held.add(sector(2));
    Waiter two = new Waiter(2);
    Stage next = new Stage(0);
    assertThat(next.hears().path("slots").asInt()).isEqualTo(1);
    next.result(joins(next, 1).get(0), 0);
    assertThat(two.end.get().others()).isZero();
    next.endsWell();
    // Given back and held again they are rebuilt once more.
    held.clear();
    labelling.look();
    expects(1, 2);
    Waiter oneAgain = new Waiter(1);
    Waiter twoAgain = new Waiter(2);
    Stage last = new Stage(0);
    assertThat(last.hears().path("slots").asInt()).isEqualTo(2);
    List<String> ids = joins(last, 2);
    last.result(ids.get(0), 0);
    last.result(ids.get(1), 0);
    assertThat(oneAgain.end.get().others()).isEqualTo(1);
    assertThat(twoAgain.end.get().others()).isEqualTo(1);
    last.endsWell();
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

  private void expects(int... numbers) {
    held.clear();
    for (int number : numbers) {
      held.add(sector(number));
    }
  }

  /** The ids of the next sectors that join, each with the request that it entered with. */
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
