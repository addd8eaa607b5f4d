package io.reseal.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import io.reseal.sector.SectorId;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Facts about nodes that guessing gets wrong, each on what a real node answered. */
class ChainFactsTest {

  private final Recordings first = new Recordings("network-1");
  private final Recordings second = new Recordings("network-2");

  @ParameterizedTest
  @CsvSource({
    "1000, 4300e807",
    "1001, 4300e907",
    "0, 420000",
    "127, 42007f",
    "128, 43008001",
    "9223372036854775807, 4a00ffffffffffffffff7f"
  })
  void theEntropyIsTheAddressAsACborByteString(long miner, String hex) {
    assertThat(HexFormat.of().formatHex(ChainRandomness.entropy(miner))).isEqualTo(hex);
    assertThat(Base64.getEncoder().encodeToString(ChainRandomness.entropy(1000)))
        .isEqualTo("QwDoBw==");
  }

  // Seen to fail: with the epoch in little-endian order; with the tag of seeds.
  @ParameterizedTest
  @CsvSource({"-872, ddo.active", "-879, snap.updated"})
  void theTicketMadeFromADigestIsTheOneTheNodeMakes(long epoch, String name) {
    String digest =
        Recordings.hex(second.named("StateGetRandomnessDigestFromTickets.ddo").result());
    assertThat(ChainApi.ticketOf(digest, 1001, epoch))
        .isEqualTo(Recordings.hex(second.named("StateGetRandomnessFromTickets." + name).result()));
  }

  // A digest is that of the ticket of the tipset: of the next one where the height has none.
  @ParameterizedTest
  @CsvSource({
    "ChainGetTipSetByHeight.3-null-round, 2, StateGetRandomnessFromTickets.epoch-2",
    "ChainGetTipSetAfterHeight.null-round, 251, StateGetRandomnessFromTickets.null-round"
  })
  void aNullRoundHasTheNextTipsetsTicket(String tipset, long epoch, String expected) {
    byte[] proof =
        Base64.getDecoder()
            .decode(second.named(tipset).result().at("/Blocks/0/Ticket/VRFProof").textValue());
    String digest = HexFormat.of().formatHex(ChainRandomness.blake2b(proof));
    assertThat(ChainApi.ticketOf(digest, 1001, epoch))
        .isEqualTo(Recordings.hex(second.named(expected).result()));
  }

  // Seen to fail: with an empty tipset key given.
  @Test
  void ticketsAreNeverAskedForWithAnEmptyTipsetKey() {
    try (FakeNode node = second.node(true, "ddo", "active")) {
      ChainApi api = new ChainApi(FakeNode.nodes(node));
      assertThat(api.ticket(1001, -872, api.head()).value())
          .isEqualTo("399684d541a82fa774b306d0b90d74e3ac392240f662af53efa1a082e7955c42");
      NodeException refused =
          catchThrowableOfType(
              NodeException.class,
              () ->
                  node.client()
                      .call("StateGetRandomnessFromTickets", 5, -872, "QwDpBw==", List.of()));
      assertThat(refused).hasMessageContaining("zero length array of blocks");
    }
  }

  @Test
  void bitFieldsBeginWithTheRunThatIsOut() throws Exception {
    assertThat(field("[0]").size()).isZero();
    assertThat(field("[0,1]").lengths()).containsExactly(0L, 1L);
    assertThat(field("[0,2]").contains(1)).isTrue();
    assertThat(field("[2,1]").contains(2)).isTrue();
    assertThat(field("[2,1]").contains(0)).isFalse();
    assertThat(field("[1,1]").contains(1)).isTrue();
  }

  private static BitField field(String json) throws Exception {
    return BitField.read(FakeNode.JSON.readTree(json));
  }

  @Test
  void absentIsNullAndNoError() {
    assertThat(OnChainSector.readOrNone(first.named("StateSectorGetInfo.absent").result()))
        .isEmpty();
    assertThat(PreCommit.readOrNone(first.named("StateSectorPreCommitInfo.absent").result()))
        .isEmpty();
    assertThat(
            ActorEvents.read(second.named("GetActorEventsRaw.ddo.active.sector-updated").result()))
        .isEmpty();
  }

  @Test
  void afterASnapTheKeyIsUnderAnotherNameAndWasUnderSealedCidBefore() {
    OnChainSector before =
        OnChainSector.read(second.named("StateSectorGetInfo.snap.historical-279").result());
    OnChainSector after =
        OnChainSector.read(second.named("StateSectorGetInfo.snap.historical-281").result());
    assertThat(before.isSnapped()).isFalse();
    assertThat(after.isSnapped()).isTrue();
    assertThat(after.commR()).isEqualTo(before.sealedCid());
    assertThat(after.powerBase()).isEqualTo(280);
    assertThat(after.activation()).isEqualTo(58);
  }

  @Test
  void eventsNameTheRealPiecesInOrderAndNothingForAnEmptySector() {
    JsonNode all = second.named("GetActorEventsRaw.snap.updated.all").result();
    List<ActorEvents.Event> events = ActorEvents.read(all);
    assertThat(events)
        .extracting(
            ActorEvents.Event::type, ActorEvents.Event::sector, e -> e.data().pieces().size())
        .containsExactly(
            tuple("sector-activated", 2L, 0),
            tuple("sector-activated", 3L, 2),
            tuple("sector-updated", 2L, 2));
    assertThat(events.get(0).data().commD()).isEmpty();
    assertThat(events.get(1).data().commD()).isPresent();
  }

  @Test
  void aPlaceThatIsNotThereIsAnError() {
    try (FakeNode node = first.node(true)) {
      ChainApi api = new ChainApi(FakeNode.nodes(node));
      NodesException refused =
          catchThrowableOfType(
              NodesException.class, () -> api.place(new SectorId(1000, 9999), api.head()));
      assertThat(refused).hasMessageContaining("sector 9999 not due at any deadline");
      assertThat(refused.isUnreachable()).isFalse();
    }
  }
}
