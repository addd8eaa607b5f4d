package io.reseal.intake;

import io.reseal.sector.SectorId;
import java.util.List;

/**
 * What the catalog learned of the roots of sectors' trees from one place.
 *
 * @param from the store or file that they were read from
 * @param learned how many were not known before
 * @param known how many were
 * @param unrecorded how many of both are of sectors of which the catalog knows no CommR yet; they
 *     count once it does
 * @param leftOut what could not be used
 */
public record Learned(
    String from, long learned, long known, long unrecorded, List<LeftOut> leftOut) {

  /** Why something was left out. */
  public enum Reason {
    /** The catalog knows no CommR that the roots could be compared with. */
    NO_COMM_R,
    /** They give another CommR. */
    DAMAGED,
    /** They could not be read. */
    UNREADABLE
  }

  /**
   * Roots that were left out.
   *
   * @param sector whose; null if that could not be read, or for a whole store
   * @param reason the kind of reason
   * @param place the file, or the file and line
   * @param why what is wrong and what to do, as sentences
   */
  public record LeftOut(SectorId sector, Reason reason, String place, String why) {}

  public Learned {
    leftOut = List.copyOf(leftOut);
  }

  /** Nothing could be read at all. */
  public static Learned nothing(String from, String place, String why) {
    return new Learned(from, 0, 0, 0, List.of(new LeftOut(null, Reason.UNREADABLE, place, why)));
  }
}
