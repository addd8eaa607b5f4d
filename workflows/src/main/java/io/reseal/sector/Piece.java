package io.reseal.sector;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A piece of a sector's data.
 *
 * @param cid its CID of version 1 ({@code baga6ea4seaq…}); one of version 2 is converted
 * @param size padded bytes: a power of two from 128
 * @param offset padded bytes from the sector's start: a multiple of the size
 */
public record Piece(
    @JsonProperty("cid") String cid,
    @JsonProperty("size") long size,
    @JsonProperty("offset") long offset) {

  /** Smallest possible piece, in padded bytes. */
  public static final long MIN_SIZE = 128;

  @JsonCreator
  public Piece {
    if (size < MIN_SIZE || Long.bitCount(size) != 1) {
      throw new IllegalArgumentException(
          "Piece %s has a padded size of %d bytes; it must be a power of two from 128."
              .formatted(cid, size));
    }
    if (offset < 0 || offset % size != 0) {
      throw new IllegalArgumentException(
          "Piece %s of %d bytes cannot lie at offset %d: it must be a multiple of the size."
              .formatted(cid, size, offset));
    }
    long given = size;
    String name = cid;
    PieceCidV2.find(cid)
        .filter(known -> known.size() != given)
        .ifPresent(
            known -> {
              throw new IllegalArgumentException(
                  "Piece %s has %d bytes by its CID, not %d.".formatted(name, known.size(), given));
            });
    cid = Cid.unsealed(Cid.ofUnsealed(cid));
  }

  public Commitment commitment() {
    return Cid.ofUnsealed(cid);
  }

  /** Bytes of data before padding: 127 of each 128. */
  public long unpaddedSize() {
    return size / 128 * 127;
  }

  /** Whether the piece is all zeros, as fillers are: such a piece needs no file. */
  @JsonIgnore
  public boolean isZero() {
    return commitment().equals(ZeroPieces.commitment(size));
  }
}
