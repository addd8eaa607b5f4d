package io.reseal.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.files.SectorKind;
import io.reseal.files.StoreStatus;
import io.reseal.losses.RepairOnHost.OfWhatIsLeft;
import io.reseal.losses.Sectors;
import io.reseal.plan.Step;
import io.reseal.record.RecordBuilder;
import io.reseal.record.SectorRecord;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whether a host has room for the rebuild of a sector of 32 GiB. */
class RoomOnHostTest {

  private static final long GIB = 1L << 30;

  private static final SectorRecord RECORD =
      RecordBuilder.of(
              new SectorId(1001, 1),
              SealProof.GIB_32_V1_1,
              new Randomness("ab".repeat(32), 5),
              Sectors.sector(1).build().commR())
          .build();

  private static final OfWhatIsLeft REPAIR = new OfWhatIsLeft("tree R", List.of(Step.REPAIR), 0);
  private static final OfWhatIsLeft LAYERS = new OfWhatIsLeft("layers", List.of(Step.PC1), 0.5);

  private final List<SectorKind> asked = new ArrayList<>();
  private List<String> scratch = List.of();

  private static StoreStatus store(boolean readonly, String fault, long free) {
    return new StoreStatus("store", "/store", readonly, fault, free, 0);
  }

  private Optional<String> lack(OfWhatIsLeft repair, StoreStatus... stores) {
    return new RoomOnHost(
            (sector, kind) -> {
              asked.add(kind);
              return scratch;
            },
            () -> List.of(stores))
        .lack(RECORD, repair);
  }

  // Fails if a store counts that cannot be written, or is not used; or one with room does not.
  @Test
  void someStoreMustTakeTheSealedFile() {
    StoreStatus full = store(false, null, 31 * GIB);
    StoreStatus readonly = store(true, null, 99 * GIB);
    StoreStatus away = store(false, "it is not mounted", 99 * GIB);

    assertThat(lack(null, full, readonly, away))
        .hasValueSatisfying(why -> assertThat(why).contains("34359738368 bytes free"));
    assertThat(lack(LAYERS, full)).isPresent();
    assertThat(lack(null, full, store(false, null, 40 * GIB))).isEmpty();
  }

  // Fails if a repair next to a file that stays is refused for want of room for all of the sector.
  @Test
  void whatIsOnlyRepairedNeedsLittle() {
    assertThat(lack(REPAIR, store(false, null, GIB))).isEmpty();
    assertThat(asked).containsExactly(new SectorKind(RECORD.proof(), false).onlyRepaired());
  }

  // Fails if scratch without room goes unmentioned.
  @Test
  void someThreadMustHaveRoom() {
    scratch = List.of("its scratch /a has 5 bytes free", "its scratch /b has 6 bytes free");

    assertThat(lack(null, store(false, null, 40 * GIB)))
        .contains("its scratch /a has 5 bytes free, its scratch /b has 6 bytes free");
    assertThat(asked).containsExactly(new SectorKind(RECORD.proof(), false));
  }
}
