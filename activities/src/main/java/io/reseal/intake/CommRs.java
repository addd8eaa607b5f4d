package io.reseal.intake;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * The CIDs of a sector's CommR that count, as far as any source knows them.
 *
 * @param sealed of the sector as it was sealed: of a snapped one, its key's
 * @param update of a snapped sector's update
 */
public record CommRs(Optional<String> sealed, Optional<String> update) {

  /** None is known. */
  static final CommRs NONE = new CommRs(Optional.empty(), Optional.empty());

  public boolean isEmpty() {
    return sealed.isEmpty() && update.isEmpty();
  }

  public boolean has(String commR) {
    return Stream.of(sealed, update).anyMatch(known -> known.filter(commR::equals).isPresent());
  }

  /** For people. */
  @Override
  public String toString() {
    return String.join(" and ", Stream.of(sealed, update).flatMap(Optional::stream).toList());
  }
}
