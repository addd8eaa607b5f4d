package io.reseal.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.reseal.catalog.CatalogException.Reason;
import io.reseal.contract.OnChain;
import io.reseal.record.SectorRecord;
import io.reseal.record.Sectors;
import io.reseal.sector.Piece;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SectorRepositoryIT {

  private CatalogSettings settings;
  private Catalog catalog;
  private SectorRepository sectors;

  @BeforeEach
  void open() {
    settings = CatalogDatabase.migrated();
    catalog = Catalog.open(settings);
    sectors = catalog.sectors();
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void givesBackWhatItTook() {
    List<SectorRecord> taken =
        List.of(
            Sectors.empty(),
            Sectors.withPieces(),
            Sectors.snapped(),
            Sectors.withoutTicketEpoch(Sectors.bare(5, 5)),
            Sectors.bare(0, 0),
            Sectors.bare(Long.MAX_VALUE, Long.MAX_VALUE),
            Sectors.withRecordJson(
                Sectors.bare(1, 1),
                "{\"note\":\"Prüfung 検査 🦭\",\"n\":1.50}" + " ".repeat(70_000)));
    taken.forEach(sectors::add);
    assertThat(taken).allSatisfy(one -> assertThat(sectors.find(one.id())).contains(one));
    assertThat(sectors.find(new SectorId(1001, 4))).isEmpty();
  }

  /** Seen to catch pieces read without their order. */
  @Test
  void keepsThePiecesInOrder() {
    List<Piece> pieces = new ArrayList<>();
    for (long offset = 0; offset < 2048; offset += 128) {
      pieces.add(new Piece(Sectors.PIECE_1, 128, 2048 - 128 - offset));
    }
    SectorRecord sector = Sectors.withPieces(Sectors.empty(), pieces);
    sectors.add(sector);
    assertThat(sectors.find(sector.id()).orElseThrow().pieces()).isEqualTo(pieces);
  }

  @Test
  void knowsWhichSectorsHoldAPieceAndWhere() {
    sectors.add(Sectors.withPieces());
    SectorRecord twice =
        Sectors.withPieces(
            Sectors.bare(7, 1),
            List.of(new Piece(Sectors.PIECE_1, 512, 512), new Piece(Sectors.PIECE_1, 512, 1024)));
    sectors.add(twice);
    sectors.add(Sectors.empty());

    assertThat(sectors.holding(Sectors.PIECE_1))
        .containsExactly(
            Map.entry(twice.id(), List.of(512L, 1024L)),
            Map.entry(Sectors.withPieces().id(), List.of(0L)));
    assertThat(sectors.holding("baga")).isEmpty();
  }

  /** Seen to catch an add that overwrites. */
  @Test
  void refusesToAddASectorTwiceAndLeavesTheFirstAsItWas() {
    sectors.add(Sectors.withPieces());
    assertThatThrownBy(() -> sectors.add(Sectors.withPieces(Sectors.withPieces(), List.of())))
        .asInstanceOf(type(CatalogException.class))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.ALREADY_THERE))
        .satisfies(
            e ->
                assertThat(e)
                    .hasMessage("Sector f01001/3 is in the catalog already; nothing was changed."));
    assertThat(sectors.find(Sectors.withPieces().id())).contains(Sectors.withPieces());
  }

  @Test
  void replacesASectorWithItsPieces() {
    sectors.add(Sectors.withPieces());
    SectorRecord other =
        Sectors.withPieces(Sectors.withPieces(), List.of(new Piece(Sectors.PIECE_1, 512, 512)));
    sectors.replace(other);
    assertThat(sectors.find(other.id())).contains(other);
    sectors.replace(Sectors.empty());
    assertThat(sectors.find(Sectors.empty().id())).contains(Sectors.empty());
  }

  /** Seen to catch a replacement that leaves the update's columns or pieces. */
  @Test
  void replacesASnappedSectorByOneThatIsNot() {
    sectors.add(Sectors.snapped());
    SectorRecord other =
        Sectors.bare(Sectors.snapped().id().miner(), Sectors.snapped().id().number());
    sectors.replace(other);
    assertThat(sectors.find(other.id())).contains(other);
  }

  /** Seen to catch a replacement outside a transaction: the pieces were gone. */
  @Test
  void leavesTheOldRecordWholeWhenAReplacementBreaksOff() {
    sectors.add(Sectors.withPieces());
    CatalogDatabase.execute(
        settings,
        "CREATE TRIGGER break_off BEFORE INSERT ON sector_piece FOR EACH ROW"
            + " SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'broken off'");
    SectorRecord other =
        Sectors.withPieces(Sectors.withPieces(), List.of(new Piece(Sectors.PIECE_1, 512, 512)));
    assertThatThrownBy(() -> sectors.replace(other))
        .isInstanceOf(CatalogException.class)
        .hasMessageContaining("broken off");
    assertThat(sectors.find(other.id())).contains(Sectors.withPieces());
  }

  @Test
  void listsAllSectorsOrOneMinersInOrder() {
    List.of(Sectors.bare(1001, 10), Sectors.bare(999, 1), Sectors.withPieces())
        .forEach(sectors::add);
    catalog
        .followed()
        .seen(
            FollowedRow.of(
                Sectors.withPieces().id(),
                new OnChain(
                    OnChain.Status.PROVEN, 9, 3, "", null, null, null, null, List.of(), null),
                null,
                50));
    assertThat(listed(Optional.empty()))
        .extracting(SectorLine::id)
        .containsExactly(new SectorId(999, 1), Sectors.withPieces().id(), new SectorId(1001, 10));
    assertThat(listed(Optional.of(1001L)))
        .containsExactly(
            new SectorLine(
                Sectors.withPieces().id(),
                "StackedDrg2KiBV1_1",
                3,
                Sectors.withPieces().commR(),
                null,
                "proven"),
            new SectorLine(
                new SectorId(1001, 10),
                "StackedDrg2KiBV1",
                0,
                Sectors.bare(1001, 10).commR(),
                null,
                null));
    assertThat(listed(Optional.of(5L))).isEmpty();
  }

  /** Catches: a record that is left out where a statement's numbers end. */
  @Test
  void manyAreFoundByTheirNumbers() {
    Stream.of(999L, 1000L, 1999L, 2000L).map(n -> Sectors.bare(1001, n)).forEach(sectors::add);
    assertThat(
            sectors
                .find(LongStream.range(0, 2100).mapToObj(n -> new SectorId(1001, n)).toList())
                .keySet())
        .extracting(SectorId::number)
        .containsExactlyInAnyOrder(999L, 1000L, 1999L, 2000L);
    assertThat(sectors.find(List.of())).isEmpty();
  }

  @Test
  void isAddedByOneOfManyAtTheSameTime() throws Exception {
    Callable<Boolean> add =
        () -> {
          try {
            sectors.add(Sectors.withPieces());
            return true;
          } catch (CatalogException e) {
            assertThat(e.reason()).isEqualTo(Reason.ALREADY_THERE);
            return false;
          }
        };
    assertThat(Together.run(Collections.nCopies(6, add))).containsOnlyOnce(true);
    assertThat(sectors.find(Sectors.withPieces().id())).contains(Sectors.withPieces());
  }

  /** Seen to catch reading outside one snapshot: a sector with the pieces of another record. */
  @Test
  void isNeverReadHalfReplaced() throws Exception {
    SectorRecord one = Sectors.withPieces();
    SectorRecord other = Sectors.withPieces(one, List.of(new Piece(Sectors.PIECE_2, 1024, 0)));
    sectors.add(one);
    List<Callable<List<SectorRecord>>> tasks = new ArrayList<>();
    for (SectorRecord written : List.of(one, other)) {
      tasks.add(
          () -> {
            for (int i = 0; i < 100; i++) {
              sectors.replace(written);
            }
            return List.of();
          });
    }
    tasks.add(
        () -> {
          List<SectorRecord> read = new ArrayList<>();
          for (int i = 0; i < 300; i++) {
            read.add(sectors.find(one.id()).orElseThrow());
          }
          return read;
        });
    assertThat(Together.run(tasks).get(2)).isSubsetOf(one, other);
  }

  @Test
  void saysThatARecordWasDamagedByHand() {
    sectors.add(Sectors.empty());
    CatalogDatabase.execute(settings, "UPDATE sector SET comm_r = 'bagb'");
    assertThatThrownBy(() -> sectors.find(Sectors.empty().id()))
        .asInstanceOf(type(CatalogException.class))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.BROKEN_RECORD))
        .satisfies(
            e ->
                assertThat(e)
                    .hasMessage(
                        "The catalog at %s holds a broken record: The record of sector f01000/2"
                            + " cannot be right. 'bagb' is not the CID of CommR (bagboea4b5abc…).",
                        settings.url()));
  }

  private List<SectorLine> listed(Optional<Long> miner) {
    List<SectorLine> lines = new ArrayList<>();
    sectors.each(miner, lines::add);
    return lines;
  }
}
