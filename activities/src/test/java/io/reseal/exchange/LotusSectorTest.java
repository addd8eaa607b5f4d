package io.reseal.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import io.reseal.chain.LotusNode;
import io.reseal.config.NodeAddress;
import io.reseal.record.Fact;
import io.reseal.record.Findings;
import io.reseal.record.Reading;
import io.reseal.record.SectorRecord;
import io.reseal.record.Sectors;
import io.reseal.sector.SectorId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What real Lotus miners printed and answered on their sectors. */
class LotusSectorTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final SectorRecord SNAPPED = Sectors.snapped();

  @TempDir private Path folder;

  @Test
  void readsAnEmptySectorFromItsLog() throws IOException {
    assertSays(text(1000, "status-empty.txt"), Sectors.empty());
  }

  @Test
  void readsAllPiecesAndTheFillerBetweenThemFromTheLog() throws IOException {
    assertSays(text(1001, "status-pieces.txt"), Sectors.withPieces());
  }

  /** Seen to catch the CIDs of the key taken for those of the update. */
  @Test
  void readsTheUpdateOfASnappedSectorFromItsLog() throws IOException {
    assertSays(text(1001, "status-snapped.txt"), SNAPPED);
  }

  @Test
  void saysWhatATextWithoutLogDoesNotTell() throws IOException {
    Findings found = text(1001, "status-snapped-without-log.txt");
    assertThat(found.facts().orNull(Fact.PROOF_TYPE)).isEqualTo(SNAPPED.proof());
    assertThat(found.facts().orNull(Fact.COMM_R)).isEqualTo(SNAPPED.commR());
    assertThat(found.facts().orNull(Fact.SNAPPED)).isTrue();
    assertThat(found.facts().orNull(Fact.SNAP_COMM_R)).isNull();
    assertThat(found.facts().orNull(Fact.SNAP_PIECES)).isNull();
    assertThat(found.remarks())
        .anyMatch(remark -> remark.contains("does not have the update's CommR"));
  }

  @Test
  void readsSeveralSectorsOfOneText() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("both.txt"),
            Resources.text("lotus-miner/status-pieces.txt")
                + Resources.text("lotus-miner/status-snapped.txt"));
    assertThat(Readings.whole(LotusStatusText.read(1001, file)))
        .extracting(Findings::id)
        .containsExactly(Sectors.withPieces().id(), SNAPPED.id());
  }

  /** Seen to catch a sector taken in under a miner it was not sealed for. */
  @Test
  void refusesTheTextOfAnotherMiner() throws IOException {
    assertThat(Readings.nothing(reading(1002, "status-pieces.txt")))
        .singleElement()
        .asString()
        .contains("shows that it was sealed as sector f01001/3, not as f01002/3");
  }

  @Test
  void refusesWhatIsNoStatus() throws IOException {
    assertThatThrownBy(() -> LotusStatusText.read(1000, "hello".getBytes(UTF_8), "the status"))
        .hasMessageContaining("holds no sector: it must be what");
    assertThatThrownBy(() -> LotusStatusText.read(1000, new byte[0], "the status"))
        .hasMessageContaining("holds no sector");
    String whole = Resources.text("lotus-miner/status-empty.txt");
    assertRefused(
        whole + whole.replace("TicketH:\t-892", "TicketH:\t-893"), "holds sector f01000/2 more");
    assertRefused(whole.replace("9122ca77", "9122ca7"), "Ticket.Value must be 32 bytes in base64");
    assertRefused(whole.replace("TicketH:\t-892", "TicketH:\tx"), "Ticket.Epoch must be a whole");
    assertRefused(
        whole.replace("CIDcommR:\tbagboea4b5abc", "CIDcommR:\tbaga"), "is not the CID of CommR");
    assertRefused(
        whole.replace("\"SectorType\":5", "\"SectorType\":77"), "no seal proof of number");
  }

  /** A text cut off anywhere is taken with what it has, or refused with a reason. */
  @Test
  void neverMakesUpFactsFromATextThatIsCutOff() throws IOException {
    String whole = Resources.text("lotus-miner/status-snapped.txt");
    Findings all = text(1001, "status-snapped.txt");
    for (int length = 0; length < whole.length(); length += 37) {
      byte[] cut = whole.substring(0, length).getBytes(UTF_8);
      try {
        Reading reading = LotusStatusText.read(1001, cut, "cut");
        if (reading.findings().isEmpty()) {
          assertThat(reading.leftOut()).singleElement().asString().contains("cut");
          continue;
        }
        Findings found = reading.findings().get(0);
        assertThat(found.facts().orNull(Fact.COMM_R)).isIn(null, all.facts().orNull(Fact.COMM_R));
        assertThat(found.facts().orNull(Fact.TICKET)).isIn(null, all.facts().orNull(Fact.TICKET));
        assertThat(found.facts().orNull(Fact.SNAP_COMM_R))
            .isIn(null, all.facts().orNull(Fact.SNAP_COMM_R));
        assertThat(found.facts().orNull(Fact.SNAP_PIECES))
            .isIn(null, all.facts().orNull(Fact.SNAP_PIECES));
      } catch (SectorStateException e) {
        assertThat(e).hasMessageContaining("cut");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"snap.updated.no-onchain", "snap.key-released.no-onchain"})
  void readsASnappedSectorFromTheApi(String variant) throws IOException {
    assertSays(answer(variant), SNAPPED);
  }

  @Test
  void readsASectorWithPiecesFromTheApi() throws IOException {
    assertSays(answer("ddo.active.no-onchain"), Sectors.withPieces());
  }

  @Test
  void knowsThatTheProofIsDueWhileOnlyThePreCommitHasLanded() throws IOException {
    Findings found = answer("ddo.precommitted");
    assertThat(found.facts().orNull(Fact.PROOF_DUE)).isTrue();
    assertThat(found.facts().orNull(Fact.SEED)).isNull();
    assertThat(found.facts().orNull(Fact.SEED_EPOCH)).isNull();
    assertThat(found.facts().orNull(Fact.COMM_R)).isEqualTo(Sectors.withPieces().commR());
  }

  /** Seen to catch the pieces that wait for an update taken for the sealed ones. */
  @Test
  void takesOnlyTheKeyOfASectorThatIsBeingSnapped() throws IOException {
    Findings found = answer("snap.waitdeals");
    assertThat(found.facts().orNull(Fact.SNAPPED)).isFalse();
    assertThat(found.facts().orNull(Fact.PIECES)).allMatch(piece -> piece.isZero());
    assertThat(found.facts().orNull(Fact.SNAP_PIECES)).isNull();
    assertThat(found.remarks()).anyMatch(remark -> remark.startsWith("It is being snapped (state"));
  }

  @Test
  void anUpdateThatWasGivenUpIsNone() throws IOException {
    Findings found =
        answer(
            "snap.cc-active.no-onchain",
            status -> {
              event(status, "SectorStartCCUpdate");
              event(status, "SectorRevertUpgradeToProving");
            });
    assertThat(found.facts().orNull(Fact.SNAPPED)).isFalse();
    assertThat(found.facts().orNull(Fact.PIECES)).allMatch(piece -> piece.isZero());
  }

  @Test
  void passesOverAListOfPiecesThatIsNotTheWholeSector() throws IOException {
    Findings found =
        answer(
            "ddo.active.no-onchain",
            status ->
                ((com.fasterxml.jackson.databind.node.ArrayNode) status.get("Pieces")).remove(2));
    assertThat(found.facts().orNull(Fact.PIECES)).isNull();
    assertThat(found.remarks())
        .anyMatch(remark -> remark.contains("they are 1024 bytes together, not 2048"));
  }

  @Test
  void asksARealMinersApiAndNobodyElses() throws IOException {
    String sector = Resources.text("lotus-miner/SectorsStatus.ddo.active.no-onchain.json");
    try (Miner miner = new Miner(JSON.readTree(sector).at("/response/result"))) {
      LotusMiner lotus = new LotusMiner(miner.node()::call, miner.node().toString());
      List<Findings> answered = new ArrayList<>();
      List<String> leftOut = new ArrayList<>();
      lotus.each(
          List.of(new SectorId(1001, 4), Sectors.withPieces().id()), answered::add, leftOut::add);
      Findings found = answered.get(0);
      assertSays(found, Sectors.withPieces());
      assertThat(found.source())
          .startsWith("lotus-miner http://127.0.0.1:")
          .doesNotContain(Miner.TOKEN);
      assertThatThrownBy(
              () -> lotus.each(List.of(new SectorId(1002, 3)), answered::add, leftOut::add))
          .hasMessageContaining("is f01001, not f01002");
      assertThat(leftOut)
          .singleElement()
          .asString()
          .startsWith("Sector f01001/4 was left out.")
          .contains("sector not found");
    }
  }

  private Findings text(long miner, String name) throws IOException {
    List<Findings> found = Readings.whole(reading(miner, name));
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  private Reading reading(long miner, String name) throws IOException {
    return LotusStatusText.read(miner, Resources.copy(folder, "lotus-miner/" + name));
  }

  private static Findings answer(String variant) throws IOException {
    return answer(variant, status -> {});
  }

  private static Findings answer(String variant, Consumer<ObjectNode> change) throws IOException {
    ObjectNode status =
        (ObjectNode)
            JSON.readTree(Resources.text("lotus-miner/SectorsStatus.%s.json".formatted(variant)))
                .at("/response/result");
    change.accept(status);
    return new LotusSector(1001, status, "the answer", "lotus").findings();
  }

  private static void event(ObjectNode status, String kind) {
    status
        .withArray("/Log")
        .addObject()
        .put("Kind", "event;sealing." + kind)
        .put("Message", "{\"User\":{}}");
  }

  private static void assertSays(Findings found, SectorRecord record) {
    Findings wanted = Findings.of(record);
    assertThat(found.id()).isEqualTo(wanted.id());
    assertThat(found.facts().toBuilder().remove(Fact.PIECES).build())
        .isEqualTo(wanted.facts().toBuilder().remove(Fact.PIECES).remove(Fact.STANDING).build());
    assertThat(found.facts().orNull(Fact.PIECES).stream().filter(piece -> !piece.isZero()))
        .containsExactlyElementsOf(
            wanted.facts().orNull(Fact.PIECES).stream().filter(piece -> !piece.isZero()).toList());
    assertThat(found.remarks()).isEmpty();
  }

  private void assertRefused(String text, String message) {
    Reading reading = LotusStatusText.read(1000, text.getBytes(UTF_8), "the status");
    assertThat(Readings.nothing(reading))
        .singleElement()
        .asString()
        .contains("the status")
        .contains(message);
  }

  /** A miner's API that knows sector 3. */
  private static final class Miner implements AutoCloseable {

    static final String TOKEN = "aaaa.bbbb.cccc";

    private final HttpServer server;

    Miner(JsonNode sector) throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext(
          "/rpc/v0",
          exchange -> {
            JsonNode call = JSON.readTree(exchange.getRequestBody());
            ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0");
            answer.set("id", call.get("id"));
            if (!("Bearer " + TOKEN)
                .equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
              exchange.sendResponseHeaders(401, -1);
              return;
            }
            if (call.path("method").asText().equals("Filecoin.ActorAddress")) {
              answer.put("result", "t01001");
            } else if (call.at("/params/0").asLong() == 3) {
              answer.set("result", sector);
            } else {
              answer.putObject("error").put("code", 1).put("message", "sector not found");
            }
            byte[] bytes = JSON.writeValueAsBytes(answer);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
          });
      server.start();
    }

    LotusNode node() {
      return new LotusNode(
          NodeAddress.parse(
              "%s:http://127.0.0.1:%d".formatted(TOKEN, server.getAddress().getPort())),
          LotusNode.Api.MINER,
          LotusNode.Manners.standard(100, Duration.ofSeconds(20)));
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }
}
