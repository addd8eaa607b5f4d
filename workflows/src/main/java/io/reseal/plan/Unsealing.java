package io.reseal.plan;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.plan.Survivor.Form;
import io.reseal.plan.Survivor.Trust;

/**
 * How a rebuild gets the unsealed copy that it is to store: the data that the sector holds now,
 * which for a snapped sector are those of its update.
 *
 * @param from what its data come from
 * @param only whether the rebuild makes nothing else
 */
public record Unsealing(@JsonProperty("from") From from, @JsonProperty("only") boolean only) {

  /** Where the data come from. */
  public enum From {
    /** Nowhere: a store has an intact copy, or the sector has no data. */
    NOTHING,
    /** The rebuild assembles them anyway, for what it seals or encodes. */
    ASSEMBLED,
    /** The pieces, which are assembled only for the copy. */
    PIECES,
    /** An update and its key, both of which stores have. */
    KEY,
    /** The labels, which are made again, and the sealed file, or the update of an empty sector. */
    LABELS
  }

  /** Where the pieces of a sector's data are. */
  public enum Pieces {
    /** On the host. */
    HERE,
    /** Some have to be downloaded. */
    ELSEWHERE,
    /** Some are nowhere to be had. */
    MISSING
  }

  /**
   * The cheapest way to get the data if the rebuild does not assemble them anyway. What is decoded
   * has only the size of what it should be; its data count only if they have the recorded CommD. So
   * does a copy that is there.
   *
   * @param pieces where the pieces of the data are
   * @param empty whether zeros were sealed, so that a snapped sector's key is its last layer
   * @return {@link From#PIECES} if there is no way: then the missing piece is what is needed
   */
  public static From cheapest(Survivors left, Pieces pieces, boolean empty) {
    if (left.unsealedIn(Trust.VERIFIED).isPresent()) {
      return From.NOTHING;
    }
    boolean sealed = left.replicaIn(Form.SEALED).isPresent();
    boolean update = left.replicaIn(Form.UPDATE).isPresent();
    if (pieces == Pieces.HERE) {
      return From.PIECES;
    }
    if (left.snapped() && sealed && update) {
      return From.KEY;
    }
    if (pieces == Pieces.ELSEWHERE) {
      return From.PIECES;
    }
    return left.snapped() ? labels(update && empty) : labels(sealed);
  }

  private static From labels(boolean decodable) {
    return decodable ? From.LABELS : From.PIECES;
  }

  /** Whether the data are decoded from what a store has. */
  public boolean decodes() {
    return from == From.KEY || from == From.LABELS;
  }

  /** Whether a copy is stored at all. */
  public boolean stores() {
    return from != From.NOTHING;
  }
}
