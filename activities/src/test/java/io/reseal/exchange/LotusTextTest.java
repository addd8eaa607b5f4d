package io.reseal.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.record.Fact;
import io.reseal.record.Findings;
import io.reseal.record.Reading;
import io.reseal.record.SectorRecord;
import io.reseal.record.Sectors;
import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Status texts of Lotus miners in the shapes in which people have them. */
class LotusTextTest {

  private static final SectorRecord PIECES = Sectors.withPieces();
  private static final SectorRecord SNAPPED = Sectors.snapped();

  /** Catches: tabs that a terminal or a chat turned into blanks, so that no event was read. */
  @ParameterizedTest
  @ValueSource(strings = {"status-empty.txt", "status-pieces.txt", "status-snapped.txt"})
  void readsBlanksInPlaceOfTabs(String name) throws IOException {
    long miner = name.contains("empty") ? 1000 : 1001;
    String text = Resources.text("lotus-miner/" + name);
    Findings wanted = only(read(miner, text));
    for (String tab : List.of(" ", "  ", "        ")) {
      assertSame(only(read(miner, text.replaceAll("\t+", tab))), wanted);
    }
    assertSame(only(read(miner, text.lines().map(Resources::expanded).collect(LINES))), wanted);
  }

  private static final Collector<CharSequence, ?, String> LINES = Collectors.joining("\n");

  @Test
  void readsACopyOutOfATerminal() throws IOException {
    assertSame(file(1001, "status-pieces-blanks.txt"), Findings.of(PIECES));
  }

  /** Catches: a snapped sector recorded as an empty one because its log was not understood. */
  @Test
  void concludesNothingFromALogThatCannotBeRead() throws IOException {
    String text = Resources.text("lotus-miner/status-snapped.txt");
    text = text.replace("UpdateActivating", "Proving").replaceAll("(?m)^(\\d+)\\.\t", "$1)\t");
    Findings found = only(read(1001, text));
    assertThat(found.facts().has(Fact.SNAPPED)).isFalse();
    assertThat(found.facts().has(Fact.PIECES)).isFalse();
    assertThat(found.facts().orNull(Fact.PARTLY_READ)).isTrue();
    assertThat(found.facts().orNull(Fact.COMM_R)).isEqualTo(SNAPPED.commR());
    assertThat(String.join(" ", found.remarks()))
        .contains("line 24 is not an entry that can be read")
        .contains("Whether it was snapped is not known (state Proving)");
  }

  /** Catches: a sector called empty, or not snapped, because nobody printed its log. */
  @Test
  void leavesOpenWhatOnlyTheLogShows() throws IOException {
    String text = Resources.text("lotus-miner/status-snapped-without-log.txt");
    Findings found = only(read(1001, text.replace("UpdateActivating", "Proving")));
    assertThat(found.facts().has(Fact.SNAPPED)).isFalse();
    assertThat(found.facts().orNull(Fact.PARTLY_READ)).isTrue();
    assertThat(found.facts().orNull(Fact.PROOF_TYPE)).isEqualTo(SNAPPED.proof());
  }

  /** Catches: facts concluded although an entry of the log in the middle is lost. */
  @Test
  void namesTheEntriesThatAreMissing() throws IOException {
    String text = Resources.text("lotus-miner/status-snapped.txt");
    Findings found = only(read(1001, without(text, "\n13.", "\n15.")));
    assertThat(found.facts().has(Fact.SNAP_COMM_R)).isFalse();
    assertThat(found.remarks()).anyMatch(remark -> remark.contains("entries 13 to 14 are missing"));
  }

  /** Catches: a log that ends before the update began, taken for that of a sector never snapped. */
  @Test
  void noticesALogThatEndsTooEarly() throws IOException {
    String text = Resources.text("lotus-miner/status-snapped.txt");
    text = text.substring(0, text.indexOf("12.\t")).replace("UpdateActivating", "Proving");
    Findings found = only(read(1001, text));
    assertThat(found.facts().has(Fact.SNAPPED)).isFalse();
    assertThat(found.remarks())
        .anyMatch(remark -> remark.contains("it has 1 pieces where the record counts 3"));
    String single = text.replace("[0 0 0]", "[0]");
    assertThat(only(read(1001, single)).facts().has(Fact.SNAPPED)).isFalse();
  }

  /**
   * Catches: the events of a sector whose first lines were lost read as those of the one before.
   */
  @ParameterizedTest
  @ValueSource(strings = {"SectorID:", "Status:", "CIDcommD:", "CIDcommR:", "Ticket:"})
  void neverMixesTwoSectors(String firstLineLeft) throws IOException {
    String first = Resources.text("lotus-miner/status-snapped.txt");
    String second = Resources.text("lotus-miner/status-pieces.txt");
    Reading whole = read(1001, first + second);
    assertThat(whole.findings()).hasSize(2);
    Reading reading =
        read(1001, first + second.substring(second.indexOf("\n" + firstLineLeft) + 1));
    if (!firstLineLeft.equals("SectorID:")) {
      assertThat(reading.leftOut()).hasSize(1);
      assertThat(reading.leftOut().get(0))
          .contains("the line `SectorID:` of this sector is missing");
      assertThat(reading.findings()).hasSize(1);
      assertThat(reading.findings().get(0).id()).isEqualTo(SNAPPED.id());
    }
    assertThat(reading.findings())
        .allSatisfy(
            found ->
                assertThat(found.facts().orNull(Fact.COMM_R))
                    .isEqualTo(found.id().equals(SNAPPED.id()) ? SNAPPED.commR() : PIECES.commR()));
  }

  /** Catches: a number that was cut off taken for another sector's. */
  @Test
  void leavesOutASectorOfWhichOnlyTheNumberIsThere() throws IOException {
    String whole = Resources.text("lotus-miner/status-pieces.txt");
    Reading reading = read(1001, whole + "SectorID:\t12");
    assertThat(reading.findings()).extracting(Findings::id).containsExactly(PIECES.id());
    assertThat(reading.leftOut())
        .singleElement()
        .asString()
        .contains("sector 12 ")
        .contains("nothing follows but its number");
  }

  @Test
  void refusesAHeadThatIsNotThatOfItsLog() throws IOException {
    String first = Resources.text("lotus-miner/status-snapped.txt");
    String second = Resources.text("lotus-miner/status-pieces.txt");
    String mixed =
        first.substring(0, first.indexOf("Event Log:"))
            + second.substring(second.indexOf("Event Log:"));
    assertThat(Readings.nothing(read(1001, mixed)).get(0))
        .contains("shows that it was sealed as sector f01001/3, not as f01001/2");
    String swapped =
        second.replace("CIDcommR:\t" + PIECES.commR(), "CIDcommR:\t" + SNAPPED.commR());
    assertThat(Readings.nothing(read(1001, swapped)).get(0))
        .contains("CommR is " + SNAPPED.commR())
        .contains("one of them is not this sector's");
  }

  @Test
  void ignoresATicketEpochThatIsNotThatOfTheLog() throws IOException {
    String text =
        Resources.text("lotus-miner/status-pieces.txt").replace("TicketH:\t-872", "TicketH:\t-87");
    Findings found = only(read(1001, text));
    assertThat(found.facts().has(Fact.TICKET_EPOCH)).isFalse();
    assertThat(found.facts().orNull(Fact.TICKET)).isEqualTo(PIECES.ticket().value());
    assertThat(found.remarks()).singleElement().asString().startsWith("The ticket's epoch was");
  }

  /** Catches: a sector whose pieces lotus-miner cut off that keeps all others out. */
  @Test
  void takesTheRestOfASectorWhosePieceEventWasCut() throws IOException {
    Reading reading = read(1234, Resources.text("lotus-miner/status-event-cut.txt"));
    List<Findings> found = Readings.whole(reading);
    assertThat(found).extracting(Findings::id).containsExactly(sector(51), sector(52));
    Findings cut = found.get(0);
    assertThat(cut.facts().has(Fact.PIECES)).isFalse();
    assertThat(cut.facts().orNull(Fact.SNAPPED)).isFalse();
    assertThat(cut.facts().orNull(Fact.PROOF_TYPE)).isEqualTo(SealProof.ofNumber(8));
    assertThat(cut.facts().has(Fact.TICKET)).isTrue();
    assertThat(cut.remarks())
        .singleElement()
        .asString()
        .contains("lotus-miner cut entry 2 (line 21) of its log (SectorPieceAdded) off at 8000")
        .contains("reseal import lotus MINER NUMBER");
    assertThat(found.get(1).remarks()).isEmpty();
  }

  /** Catches: a number printed in hexadecimal refused, or read as another decimal one. */
  @ParameterizedTest
  @CsvSource({"d, 13", "12, 18", "8, 8", "e, 14"})
  void readsTheProofTypeInHexadecimal(String printed, long number) throws IOException {
    String text =
        Resources.text("lotus-miner/status-proof-13.txt")
            .replace("SealProof:\t\td", "SealProof:\t\t" + printed)
            .replace("\"SectorType\":13", "\"SectorType\":" + number);
    Findings found = only(read(1234, text));
    assertThat(found.facts().orNull(Fact.PROOF_TYPE)).isEqualTo(SealProof.ofNumber(number));
  }

  @Test
  void saysThatRecordAndLogHaveDifferentProofTypes() throws IOException {
    String text =
        Resources.text("lotus-miner/status-proof-13.txt")
            .replace("\"SectorType\":13", "\"SectorType\":8");
    Findings found = only(read(1234, text));
    assertThat(found.facts().has(Fact.PROOF_TYPE)).isFalse();
    assertThat(found.remarks())
        .anyMatch(
            remark -> remark.startsWith("The proof type is left open: by its record it is 13"));
  }

  /** Catches: pieces of logs before v1.5.1, one event for each, that were not found. */
  @Test
  void readsTheEventsOfOldVersions() throws IOException {
    assertSame(file(1001, "status-old-events.txt"), Findings.of(PIECES));
    assertThat(sizes(file(1234, "status-old-add-piece-2020.txt"))).containsExactly(16L, 16L);
    assertThat(sizes(file(1234, "status-old-add-piece-2021-v1_1.txt"))).containsExactly(16L, 16L);
    assertThat(sizes(file(1234, "status-old-add-piece-then-packed.txt")))
        .containsExactly(1L, 1L, 2L, 4L, 8L, 16L);
    Findings empty = file(1234, "status-old-start-cc-with-pieces.txt");
    assertThat(sizes(empty)).containsExactly(16L, 16L);
    assertThat(empty.facts().orNull(Fact.PIECES)).allMatch(Piece::isZero);
  }

  /** Catches: a sector that has ended imported like any other, with a proof that is due. */
  @ParameterizedTest
  @CsvSource({
    "Removing, removed",
    "Removed, removed",
    "RemoveFailed, removed",
    "Terminating, terminated",
    "TerminateWait, terminated",
    "TerminateFinality, terminated",
    "TerminateFailed, terminated",
    "FailedUnrecoverable, given up",
    "DealsExpired, given up"
  })
  void saysThatASectorHasEnded(String state, String word) throws IOException {
    String text = Resources.text("lotus-miner/status-removed.txt");
    Findings found = only(read(1001, text.replace("Removed", state)));
    assertThat(found.facts().orNull(Fact.ENDED)).isTrue();
    assertThat(found.facts().orNull(Fact.PROOF_DUE)).isFalse();
    assertThat(found.remarks())
        .singleElement()
        .asString()
        .startsWith(
            "It is %s according to Lotus (state %s): no proof is due".formatted(word, state))
        .endsWith("(reseal import chain 1001 3).");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Proving", "Available", "Faulty", "FaultReported", "SnapDealsWaitDeals"})
  void noProofIsDueOfASectorThatIsProven(String state) throws IOException {
    String text = Resources.text("lotus-miner/status-removed.txt");
    assertThat(only(read(1001, text.replace("Removed", state))).facts().orNull(Fact.PROOF_DUE))
        .isFalse();
    assertThat(only(read(1001, text.replace("Removed", "WaitSeed"))).facts().orNull(Fact.PROOF_DUE))
        .isTrue();
  }

  /**
   * Catches: an update that an operator forced to Proving taken for one that landed, or for none.
   */
  @Test
  void leavesOpenWhetherAnUpdateThatWasSentHasLanded() throws IOException {
    String text = Resources.text("lotus-miner/status-snapped.txt");
    for (String state : List.of("Proving", "ReplicaUpdateWait", "ReplicaUpdateFailed")) {
      Findings found =
          only(read(1001, without(text, "\n27.", "\n99.").replace("UpdateActivating", state)));
      assertThat(found.facts().has(Fact.SNAPPED)).as(state).isFalse();
      assertThat(found.facts().has(Fact.SNAP_COMM_R)).as(state).isFalse();
      assertThat(found.facts().orNull(Fact.PARTLY_READ)).as(state).isTrue();
    }
  }

  /** Catches: answers of the miner's API that were saved while it lived, and are refused now. */
  @Test
  void readsAnswersOfTheApiInAFile() throws IOException {
    String whole = Resources.text("lotus-miner/answer-sector-3.json");
    String result = Resources.text("lotus-miner/answer-sector-3-result-only.json");
    String other =
        "{\"id\":1,\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"sector not found\"}}";
    assertSame(only(read(1001, whole)), Findings.of(PIECES));
    assertSame(only(read(1001, result)), Findings.of(PIECES));
    assertSame(only(read(1001, "HTTP/1.1 200 OK\r\nDate: x\r\n\r\n" + whole)), Findings.of(PIECES));
    assertSame(only(read(1001, "[" + whole + "," + result + "]")), Findings.of(PIECES));
    assertThat(only(read(1001, whole)).remarks()).isEmpty();
    for (String second : List.of(other, whole.substring(0, 3000), "{\"Version\":\"1.36\"}")) {
      Reading reading = read(1001, second + "\n" + whole);
      assertThat(reading.findings()).extracting(Findings::id).containsExactly(PIECES.id());
      assertThat(reading.leftOut()).singleElement().asString().startsWith("status.txt, ");
    }
    assertThat(Readings.nothing(read(1002, whole)).get(0))
        .contains("shows that it was sealed as sector f01001/3, not as f01002/3");
  }

  private static Reading read(long miner, String text) {
    return LotusStatusText.read(miner, text.getBytes(UTF_8), "status.txt");
  }

  private static Findings file(long miner, String name) throws IOException {
    Findings found = only(read(miner, Resources.text("lotus-miner/" + name)));
    assertThat(found.remarks()).isEmpty();
    return found;
  }

  private static Findings only(Reading reading) {
    List<Findings> found = Readings.whole(reading);
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private static List<Long> sizes(Findings found) {
    return found.facts().orNull(Fact.PIECES).stream().map(piece -> piece.size() >> 30).toList();
  }

  private static SectorId sector(long number) {
    return new SectorId(1234, number);
  }

  private static void assertSame(Findings found, Findings wanted) {
    assertThat(found.id()).isEqualTo(wanted.id());
    Fact.DECIDABLE.stream()
        .filter(Fact::isDetermining)
        .forEach(
            fact ->
                assertThat(found.facts().text(fact))
                    .as(fact.name())
                    .isEqualTo(wanted.facts().text(fact)));
  }

  private static String without(String text, String from, String to) {
    int begin = text.indexOf(from);
    int end = text.indexOf(to);
    return text.substring(0, begin) + (end < 0 ? "\n" : text.substring(end));
  }
}
