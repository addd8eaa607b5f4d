package io.reseal.losses;

import io.reseal.plan.Step;
import io.reseal.sector.SectorId;
import java.util.List;

/**
 * What a host could do for a lost sector when a scan asked it.
 *
 * @param repair the repair of what its stores have left, or null if they have nothing that saves
 *     work
 * @param pieces CIDs of the sector's pieces that it can get
 * @param lackOfRoom why it has no room to rebuild the sector, or null
 */
public record RepairOnHost(
    SectorId sector, OfWhatIsLeft repair, List<String> pieces, String lackOfRoom) {

  /**
   * A repair of what stores have left, by names and sizes.
   *
   * @param what is made, for people
   * @param labelled which part of all layers is labelled
   */
  public record OfWhatIsLeft(String what, List<Step> steps, double labelled) {}
}
