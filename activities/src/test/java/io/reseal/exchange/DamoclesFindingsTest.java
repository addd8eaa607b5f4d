package io.reseal.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.reseal.record.Findings;
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
    assertThat(DamoclesSectorState.read(Resources.copy(folder, "damocles/snapped.json")))
        .usingRecursiveComparison()
        .ignoringFields("source", "recordJson", "standing")
        .isEqualTo(SNAPPED);
  }

  /** Seen to catch an export that takes the snapped record's facts for changed ones. */
  @Test
  void exportsAnImportedSnappedSectorAsItWas() throws IOException {
    Path file = Resources.copy(folder, "damocles/snapped.json");
    assertThat(DamoclesSectorState.write(DamoclesSectorState.read(file)) + "\n")
        .isEqualTo(Files.readString(file));
  }

  /** Seen to catch an export that leaves the update out. */
  @Test
  void readsBackASnappedSectorThatItWroteItself() throws IOException {
    Path file = write(DamoclesSectorState.write(SNAPPED));
    assertThat(DamoclesSectorState.read(file))
        .usingRecursiveComparison()
        .ignoringFields("source", "recordJson", "standing")
        .isEqualTo(SNAPPED);
  }

  @Test
  void writesAnUpdateThatWasDecidedOtherwiseIntoTheImportedState() throws IOException {
    SectorRecord read = DamoclesSectorState.read(Resources.copy(folder, "damocles/snapped.json"));
    Snap other =
        new Snap(null, SNAPPED.snap().commR(), List.of(new Piece(Sectors.PIECE_1, 512, 0)));
    SectorRecord changed =
        new SectorRecord(
            read.id(),
            read.proof(),
            read.ticket(),
            read.seed(),
            read.seedEpoch(),
            read.proofDue(),
            read.commD(),
            read.commR(),
            read.pieces(),
            read.source(),
            read.recordJson(),
            other,
            null);
    assertThat(DamoclesSectorState.read(write(DamoclesSectorState.write(changed))).snap().pieces())
        .startsWith(other.pieces().get(0))
        .hasSize(3);
  }

  @Test
  void readsManyStatesOfOneFileInBothForms() throws IOException {
    String one = Resources.text("lotus-t01000-2.json");
    String two = Resources.text("lotus-t01001-3.json");
    String three = Resources.text("damocles/snapped.json");
    List<Findings> lines = DamoclesSectorState.findings(write(one + two + three));
    List<Findings> array =
        DamoclesSectorState.findings(write("[" + one + "," + two + "," + three + "]"));
    assertThat(lines)
        .extracting(Findings::id)
        .containsExactly(Sectors.empty().id(), Sectors.withPieces().id(), SNAPPED.id());
    assertThat(array).isEqualTo(lines);
    assertThat(lines.get(1).pieces()).isEqualTo(Sectors.withPieces().pieces());
    assertThat(lines.get(1).snapped()).isFalse();
    assertThat(lines.get(2).snapCommR()).isEqualTo(SNAPPED.snap().commR());
    assertThat(lines.get(2).snapPieces()).isEqualTo(SNAPPED.snap().pieces());
    assertThat(lines.get(2).pieces()).isEmpty();
  }

  /** What the older system took over from Lotus has an empty record of the update. */
  @Test
  void takesTheKeyOfASnappedSectorWithoutItsUpdate() throws IOException {
    Findings found =
        only(state -> state.put("Imported", true).putObject("UpgradedInfo").putNull("SealedCID"));
    assertThat(found.snapped()).isTrue();
    assertThat(found.snapCommR()).isNull();
    assertThat(found.commR()).isEqualTo(SNAPPED.commR());
    assertThat(found.snapPieces()).isEqualTo(SNAPPED.snap().pieces());
  }

  /** Seen to catch an update on its way taken for the sector. */
  @Test
  void takesOnlyTheKeyWhileTheUpdateIsOnItsWay() throws IOException {
    Consumer<ObjectNode> onItsWay =
        state -> state.putNull("UpgradeLandedEpoch").put("Finalized", false);
    Findings found = only(onItsWay);
    assertThat(found.snapped()).isFalse();
    assertThat(found.snapCommR()).isNull();
    assertThat(found.snapPieces()).isNull();
    assertThat(found.pieces()).isEmpty();
    assertThat(found.remarks()).singleElement().asString().startsWith("It is being snapped");
    Path file = changed(onItsWay);
    assertThatThrownBy(() -> DamoclesSectorState.read(file))
        .hasMessageContaining("its replica update is still on its way");
  }

  @Test
  void refusesAKeyThatIsRecordedInTwoWays() throws IOException {
    Path file =
        changed(
            state ->
                ((ObjectNode) state.get("UpgradePublic"))
                    .putObject("SealedCID")
                    .put("/", Sectors.empty().commR()));
    assertThatThrownBy(() -> DamoclesSectorState.findings(file))
        .hasMessageContaining("UpgradePublic.SealedCID and Pre.CommR differ");
  }

  @Test
  void takesAStateWithFactsMissingForOthersToComplete() throws IOException {
    Findings found = only(state -> state.putNull("Ticket").putNull("Pre").putNull("Seed"));
    assertThat(found.ticket()).isNull();
    assertThat(found.commR()).isNull();
    assertThat(found.proof()).isEqualTo(SNAPPED.proof());
  }

  @Test
  void saysWhichFieldsItDoesNotKnow() throws IOException {
    assertThat(only(state -> state.put("Zeta", 1).put("Eta", 2)).remarks())
        .containsExactly("Fields that are not known here were passed over: [Zeta, Eta].");
  }

  /** Seen to catch a second state of a sector that takes the place of the first. */
  @Test
  void refusesASectorThatIsThereTwice() throws IOException {
    String one = Resources.text("lotus-t01000-2.json");
    Path file = write(one + one);
    assertThatThrownBy(() -> DamoclesSectorState.findings(file))
        .isInstanceOf(SectorStateException.class)
        .hasMessage(
            "%s holds sector f01000/2 twice; nothing of it was taken in. Leave one of the two in"
                + " it.",
            file);
  }

  @Test
  void refusesAFileThatIsCutOffOrNoneOrOneOfItsStatesBroken() throws IOException {
    String one = Resources.text("lotus-t01000-2.json").strip();
    String two = Resources.text("lotus-t01001-3.json").strip();
    assertRefused(one + two.substring(0, 200), "is cut off");
    assertRefused("[" + one + "," + two, "is cut off");
    assertRefused(one + " 5", "what is no JSON object");
    assertRefused("[" + one + ",null]", "what is no JSON object");
    assertRefused("", "is empty.");
    assertRefused("[]", "is empty.");
    assertRefused("x", "is not JSON");
    assertRefused(
        one + two.replace("\"SectorType\":5", "\"SectorType\":\"5\""),
        "sector state 2 of 2, holds no sector state that can be taken in. SectorType must be a"
            + " whole number");
  }

  private void assertRefused(String json, String message) throws IOException {
    Path file = write(json);
    assertThatThrownBy(() -> DamoclesSectorState.findings(file))
        .isInstanceOf(SectorStateException.class)
        .hasMessageContaining(message);
  }

  private Findings only(Consumer<ObjectNode> change) throws IOException {
    List<Findings> found = DamoclesSectorState.findings(changed(change));
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
