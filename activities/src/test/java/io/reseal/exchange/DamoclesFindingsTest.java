package io.reseal.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Fact;
import io.reseal.record.Findings;
import io.reseal.record.Reading;
import io.reseal.record.RecordBuilder;
import io.reseal.record.SectorRecord;
import io.reseal.record.Sectors;
import io.reseal.record.Snap;
import io.reseal.sector.Piece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several sector states of the older system at once, and snapped sectors. The file {@code
 * damocles/snapped.json} is made to the documented format from what a real Lotus miner recorded.
 */
class DamoclesFindingsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SectorRecord SNAPPED = Sectors.snapped();

  @TempDir private Path folder;

  @Test
  void readsASnappedSectorAsARecord() throws IOException {
    assertThat(DamoclesReader.record(Resources.copy(folder, "damocles/snapped.json")))
        .usingRecursiveComparison()
        .ignoringFields("source", "recordJson", "standing")
        .isEqualTo(SNAPPED);
  }

  /** Seen to catch an export that takes the snapped record's facts for changed ones. */
  @Test
  void exportsAnImportedSnappedSectorAsItWas() throws IOException {
    Path file = Resources.copy(folder, "damocles/snapped.json");
    assertThat(DamoclesWriter.write(DamoclesReader.record(file)) + "\n")
        .isEqualTo(Files.readString(file));
  }

  /** Seen to catch an export that leaves the update out. */
  @Test
  void readsBackASnappedSectorThatItWroteItself() throws IOException {
    Path file = write(DamoclesWriter.write(SNAPPED));
    assertThat(DamoclesReader.record(file))
        .usingRecursiveComparison()
        .ignoringFields("source", "recordJson", "standing")
        .isEqualTo(SNAPPED);
  }

  @Test
  void writesAnUpdateThatWasDecidedOtherwiseIntoTheImportedState() throws IOException {
    SectorRecord read = DamoclesReader.record(Resources.copy(folder, "damocles/snapped.json"));
    Snap other =
        new Snap(null, SNAPPED.snap().commR(), List.of(new Piece(Sectors.PIECE_1, 512, 0)));
    SectorRecord changed = RecordBuilder.of(read).snap(other).without(Fact.STANDING).build();
    assertThat(DamoclesReader.record(write(DamoclesWriter.write(changed))).snap().pieces())
        .startsWith(other.pieces().get(0))
        .hasSize(3);
  }

  @Test
  void readsManyStatesOfOneFileInBothForms() throws IOException {
    String one = Resources.text("lotus-t01000-2.json");
    String two = Resources.text("lotus-t01001-3.json");
    String three = Resources.text("damocles/snapped.json");
    List<Findings> lines = Readings.whole(DamoclesReader.read(write(one + two + three)));
    List<Findings> array =
        Readings.whole(DamoclesReader.read(write("[" + one + "," + two + "," + three + "]")));
    assertThat(lines)
        .extracting(Findings::id)
        .containsExactly(Sectors.empty().id(), Sectors.withPieces().id(), SNAPPED.id());
    assertThat(array).isEqualTo(lines);
    assertThat(lines.get(1).facts().orNull(Fact.PIECES)).isEqualTo(Sectors.withPieces().pieces());
    assertThat(lines.get(1).facts().orNull(Fact.SNAPPED)).isFalse();
    assertThat(lines.get(2).facts().orNull(Fact.SNAP_COMM_R)).isEqualTo(SNAPPED.snap().commR());
    assertThat(lines.get(2).facts().orNull(Fact.SNAP_PIECES)).isEqualTo(SNAPPED.snap().pieces());
    assertThat(lines.get(2).facts().orNull(Fact.PIECES)).isEmpty();
  }

  /** What the older system took over from Lotus has an empty record of the update. */
  @Test
  void takesTheKeyOfASnappedSectorWithoutItsUpdate() throws IOException {
    Findings found =
        only(state -> state.put("Imported", true).putObject("UpgradedInfo").putNull("SealedCID"));
    assertThat(found.facts().orNull(Fact.SNAPPED)).isTrue();
    assertThat(found.facts().orNull(Fact.SNAP_COMM_R)).isNull();
    assertThat(found.facts().orNull(Fact.COMM_R)).isEqualTo(SNAPPED.commR());
    assertThat(found.facts().orNull(Fact.SNAP_PIECES)).isEqualTo(SNAPPED.snap().pieces());
  }

  /** Seen to catch an update on its way taken for the sector. */
  @Test
  void takesOnlyTheKeyWhileTheUpdateIsOnItsWay() throws IOException {
    Consumer<ObjectNode> onItsWay =
        state -> state.putNull("UpgradeLandedEpoch").put("Finalized", false);
    Findings found = only(onItsWay);
    assertThat(found.facts().orNull(Fact.SNAPPED)).isFalse();
    assertThat(found.facts().orNull(Fact.SNAP_COMM_R)).isNull();
    assertThat(found.facts().orNull(Fact.SNAP_PIECES)).isNull();
    assertThat(found.facts().orNull(Fact.PIECES)).isEmpty();
    assertThat(found.remarks()).singleElement().asString().startsWith("It is being snapped");
    Path file = changed(onItsWay);
    assertThatThrownBy(() -> DamoclesReader.record(file))
        .hasMessageContaining("its replica update has not landed yet");
  }

  // Catches: an imported sector whose update is on its way, taken for one that was imported so.
  @Test
  void takesOnlyTheKeyOfAnImportedSectorWhoseUpdateIsOnItsWay() throws IOException {
    Findings found =
        only(
            state ->
                state.putNull("UpgradeLandedEpoch").put("Finalized", false).put("Imported", true));
    assertThat(found.facts().orNull(Fact.SNAPPED)).isFalse();
    assertThat(found.facts().has(Fact.SNAP_COMM_R)).isFalse();
  }

  // Catches: the key's CommR of a sector that was sealed elsewhere, asked for although it is there.
  @Test
  void takesTheKeysCommROfASectorThatWasSealedElsewhere() throws IOException {
    Path file = Resources.copy(folder, "damocles/candidate.json");
    Findings found = Readings.whole(DamoclesReader.read(file)).get(0);
    assertThat(found.facts().orNull(Fact.COMM_R)).isEqualTo(SNAPPED.commR());
    assertThat(found.facts().orNull(Fact.SNAP_COMM_R)).isEqualTo(SNAPPED.snap().commR());
    assertThat(found.facts().orNull(Fact.SNAP_PIECES)).isEqualTo(SNAPPED.snap().pieces());
    assertThat(found.facts().has(Fact.TICKET)).isFalse();
    assertThat(found.remarks()).isEmpty();

    ObjectNode bytesAlone = (ObjectNode) JSON.readTree(Files.readString(file));
    ((ObjectNode) bytesAlone.get("UpgradePublic")).putNull("SealedCID");
    Path changed = write(bytesAlone.toString());
    assertThat(Readings.whole(DamoclesReader.read(changed)).get(0).facts())
        .extracting(facts -> facts.orNull(Fact.COMM_R))
        .isEqualTo(SNAPPED.commR());

    ((ObjectNode) bytesAlone.get("UpgradePublic")).putArray("CommR").add(256);
    assertThat(Readings.nothing(DamoclesReader.read(write(bytesAlone.toString()))))
        .singleElement()
        .asString()
        .contains("UpgradePublic.CommR must be 32 numbers from 0 to 255.");
  }

  // Catches: the pieces of an update that was given up, taken for those that were sealed.
  @Test
  void ignoresThePiecesOfAnUpdateThatWasGivenUp() throws IOException {
    Consumer<ObjectNode> givenUp =
        state ->
            state
                .put("Upgraded", false)
                .put("AbortReason", "no more room")
                .putNull("UpgradePublic")
                .putNull("UpgradedInfo")
                .putNull("UpgradeLandedEpoch");
    Findings found = only(givenUp);
    assertThat(found.facts().orNull(Fact.SNAPPED)).isFalse();
    assertThat(found.facts().orNull(Fact.PIECES)).isEmpty();
    assertThat(found.remarks())
        .contains(
            "Its pieces are those of an update that was given up (AbortReason: no more room) and"
                + " were ignored.");
    assertThat(only(givenUp.andThen(state -> state.putNull("Pre"))).facts().has(Fact.PIECES))
        .isFalse();
  }

  // Catches: a state that is left out, or a seed of epoch 0, because a value was never set.
  @Test
  void valuesThatWereNeverSetAreNone() throws IOException {
    Findings found =
        only(
            state -> {
              state.putObject("Ticket").putNull("Ticket").put("Epoch", 0);
              state.putObject("Seed").put("Seed", "").put("Epoch", 0);
              ((ObjectNode) state.get("Pre")).putObject("Ticket").putNull("Ticket").put("Epoch", 0);
              state.putObject("Proof").put("Proof", "");
              state.putObject("MessageInfo").putObject("PreCommitCid").put("/", "bafy2bzace");
            });
    assertThat(found.facts().has(Fact.TICKET)).isFalse();
    assertThat(found.facts().has(Fact.TICKET_EPOCH)).isFalse();
    assertThat(found.facts().has(Fact.SEED)).isFalse();
    assertThat(found.facts().has(Fact.SEED_EPOCH)).isFalse();
    assertThat(found.facts().orNull(Fact.PROOF_DUE)).isTrue();
    assertThat(found.facts().orNull(Fact.COMM_R)).isEqualTo(SNAPPED.commR());
  }

  // Catches: a sector that was removed, terminated or aborted, rebuilt with a proof that is due.
  @Test
  void aSectorThatHasEndedIsMarkedAndNeverDue() throws IOException {
    Consumer<ObjectNode> preCommitted =
        state -> {
          state.putNull("Proof").put("Upgraded", false).putNull("Pieces");
          state.putObject("MessageInfo").putObject("PreCommitCid").put("/", "bafy2bzace");
        };
    assertThat(only(preCommitted).facts().orNull(Fact.PROOF_DUE)).isTrue();

    assertEnded(preCommitted.andThen(state -> state.put("Removed", true)), "removed", "Removed");
    assertEnded(
        preCommitted.andThen(state -> state.put("AbortReason", "bad disk")),
        "aborted",
        "AbortReason: bad disk");
    assertEnded(
        preCommitted.andThen(
            state -> state.putObject("TerminateInfo").put("TerminatedAt", 900_000)),
        "terminated",
        "TerminateInfo.TerminatedAt");
    assertEnded(
        preCommitted.andThen(
            state ->
                state
                    .putObject("TerminateInfo")
                    .put("TerminatedAt", 0)
                    .put("AddedHeight", 900_000)),
        "being terminated",
        "TerminateInfo");
  }

  private void assertEnded(Consumer<ObjectNode> change, String how, String field)
      throws IOException {
    Findings found = only(change);
    assertThat(found.facts().orNull(Fact.ENDED)).isTrue();
    assertThat(found.facts().orNull(Fact.PROOF_DUE)).isFalse();
    assertThat(found.remarks())
        .contains(
            ("It is %s according to damocles (%s): no proof is due, and it is rebuilt only if the"
                    + " chain shows that it is still there (reseal import chain 1001 2).")
                .formatted(how, field));
    Path file = changed(change);
    assertThatThrownBy(() -> DamoclesReader.record(file))
        .hasMessageContaining("%s shows that it is %s.".formatted(field, how));
  }

  @Test
  void anUpdateThatWasGivenUpDoesNotEndItsSector() throws IOException {
    assertThat(only(state -> state.put("AbortReason", "old")).facts().has(Fact.ENDED)).isFalse();
  }

  @Test
  void refusesAKeyThatIsRecordedInTwoWays() throws IOException {
    Path file =
        changed(
            state ->
                ((ObjectNode) state.get("UpgradePublic"))
                    .putObject("SealedCID")
                    .put("/", Sectors.empty().commR()));
    assertThat(Readings.nothing(DamoclesReader.read(file)))
        .singleElement()
        .asString()
        .contains("UpgradePublic.SealedCID and Pre.CommR differ");
  }

  @Test
  void takesAStateWithFactsMissingForOthersToComplete() throws IOException {
    Findings found = only(state -> state.putNull("Ticket").putNull("Pre").putNull("Seed"));
    assertThat(found.facts().orNull(Fact.TICKET)).isNull();
    assertThat(found.facts().orNull(Fact.COMM_D)).isNull();
    assertThat(found.facts().orNull(Fact.PROOF_TYPE)).isEqualTo(SNAPPED.proof());
  }

  @Test
  void saysWhichFieldsItDoesNotKnow() throws IOException {
    assertThat(only(state -> state.put("Zeta", 1).put("Eta", 2)).remarks())
        .containsExactly("Unknown fields were ignored: [Zeta, Eta].");
  }

  /** Catches: one of two different states of a sector chosen as if it were known to be right. */
  @Test
  void leavesOutASectorThatIsThereTwiceWithDifferentFacts() throws IOException {
    String one = Resources.text("lotus-t01000-2.json");
    String other = Resources.text("lotus-t01001-3.json");
    Path file = write(one + one.replace("\"Epoch\":-892", "\"Epoch\":-893") + one + other);
    Reading reading = DamoclesReader.read(file);
    assertThat(reading.findings())
        .extracting(Findings::id)
        .containsExactly(Sectors.withPieces().id());
    assertThat(reading.leftOut())
        .containsExactly(
            "%s holds sector f01000/2 more than once, with different facts, so the sector was left out: remove all but the right one."
                .formatted(file));
  }

  @Test
  void takesTheSameStateTwiceAsOne() throws IOException {
    String one = Resources.text("lotus-t01000-2.json");
    assertThat(Readings.whole(DamoclesReader.read(write(one + one)))).hasSize(1);
  }

  /** Catches: one broken state that keeps the other sectors of its file from being imported. */
  @Test
  void leavesOutAStateThatIsBrokenAndNamesIt() throws IOException {
    String one = Resources.text("lotus-t01000-2.json").strip();
    String two = Resources.text("lotus-t01001-3.json").strip();
    Path file = write(one + two.replace("\"SectorType\":5", "\"SectorType\":\"5\""));
    Reading reading = DamoclesReader.read(file);
    assertThat(reading.findings()).extracting(Findings::id).containsExactly(Sectors.empty().id());
    assertThat(reading.leftOut())
        .singleElement()
        .asString()
        .contains(
            "sector state 2 of 2, holds no sector state that can be imported. SectorType must be a"
                + " whole number");
  }

  /** Catches: a state that is cut off or damaged in the middle of a file and blocks the others. */
  @Test
  void leavesOutWhatIsNotAStateAndReadsOn() throws IOException {
    String one = Resources.text("lotus-t01000-2.json").strip();
    String two = Resources.text("lotus-t01001-3.json").strip();
    assertLeftOut(one + two.substring(0, 200), "from line 1, was left out. It is cut off");
    assertLeftOut(two.substring(0, 200) + "\n" + one, "from line 1, was left out. It is cut off");
    assertLeftOut(two.replaceFirst(":", "") + "\n" + one, "from line 1, was left out. It is not");
    assertLeftOut("[" + one, "is cut off: its list of objects does not end.");
    assertLeftOut(one + " 5", "from line 1, was left out: it is something other than a JSON");
    assertLeftOut("[" + one + ",\nnull]", "from line 2, was left out: it is something other");
    assertThat(Readings.nothing(DamoclesReader.read(write("x"))).get(0)).contains("It is not JSON");
    for (String nothing : List.of("", "[]")) {
      Path file = write(nothing);
      assertThatThrownBy(() -> DamoclesReader.read(file)).hasMessageContaining("is empty.");
    }
  }

  private void assertLeftOut(String json, String message) throws IOException {
    Reading reading = DamoclesReader.read(write(json));
    assertThat(reading.findings()).extracting(Findings::id).containsExactly(Sectors.empty().id());
    assertThat(reading.leftOut()).singleElement().asString().contains(message);
  }

  private Findings only(Consumer<ObjectNode> change) throws IOException {
    List<Findings> found = Readings.whole(DamoclesReader.read(changed(change)));
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private Path changed(Consumer<ObjectNode> change) throws IOException {
    ObjectNode state = (ObjectNode) JSON.readTree(Resources.text("damocles/snapped.json"));
    change.accept(state);
    return write(JSON.writeValueAsString(state));
  }

  private Path write(String json) throws IOException {
    return Files.writeString(folder.resolve("states.json"), json);
  }
}
