package io.reseal.losses;

import static org.assertj.core.api.Assertions.assertThat;

import io.reseal.losses.CopyInStore.Condition;
import io.reseal.losses.SectorOnChain.State;
import io.reseal.losses.Verdict.InStores;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What chain and stores together say of a sector. */
class VerdictTest {

  // Fails if a store that is away counts as a loss, or a fault whose files are there as a loss.
  @ParameterizedTest
  @CsvSource({
    "ACTIVE, WHOLE, FINE",
    "ACTIVE, DAMAGED, WILL_FAULT",
    "ACTIVE, MISSING, WILL_FAULT",
    "ACTIVE, UNKNOWN, UNKNOWN",
    "UNPROVEN, WHOLE, FINE",
    "UNPROVEN, MISSING, WILL_FAULT",
    "FAULTY, WHOLE, FAULTY_WITHOUT_CAUSE",
    "FAULTY, DAMAGED, FAULTY",
    "FAULTY, MISSING, FAULTY",
    "FAULTY, NEVER_SEEN, FAULTY",
    "ACTIVE, NEVER_SEEN, WILL_FAULT",
    "RECOVERING, NEVER_SEEN, RECOVERY_WILL_FAIL",
    "FAULTY, UNKNOWN, FAULTY_AND_UNKNOWN",
    "RECOVERING, WHOLE, RECOVERING",
    "RECOVERING, MISSING, RECOVERY_WILL_FAIL",
    "RECOVERING, DAMAGED, RECOVERY_WILL_FAIL",
    "RECOVERING, UNKNOWN, RECOVERING",
    "TERMINATED, MISSING, ENDED",
    "EXPIRED, WHOLE, ENDED"
  })
  void ofASector(State state, InStores files, Verdict verdict) {
    assertThat(Verdict.of(Sectors.sector(1).state(state).build(), files)).isEqualTo(verdict);
  }

  // Fails if one of two nodes that differ is believed.
  @Test
  void aDisputedSectorIsShownWhateverItsFiles() {
    assertThat(Verdict.of(Sectors.sector(1).disputed("a, b").build(), InStores.WHOLE))
        .isEqualTo(Verdict.DISPUTED)
        .matches(Verdict::isTrouble);
  }

  // Fails if damage in one store outweighs a whole copy in another, or a copy that may be there is
  // called lost.
  @ParameterizedTest
  @CsvSource({
    "'', true, NEVER_SEEN",
    "'', false, UNKNOWN",
    "LOST, true, MISSING",
    "LOST, false, MISSING",
    "DAMAGED WHOLE, true, WHOLE",
    "LOST AWAY, false, UNKNOWN",
    "DAMAGED AWAY, false, UNKNOWN",
    "LOST DAMAGED, true, DAMAGED",
    "AWAY WHOLE, false, WHOLE"
  })
  void whatTheStoresHave(String copies, boolean allSeen, InStores expected) {
    List<CopyInStore> found =
        Stream.of(copies.split(" "))
            .filter(condition -> !condition.isEmpty())
            .map(condition -> new CopyInStore("s of h", Condition.valueOf(condition), null))
            .toList();

    assertThat(Verdict.inStores(found, allSeen)).isEqualTo(expected);
  }
}
