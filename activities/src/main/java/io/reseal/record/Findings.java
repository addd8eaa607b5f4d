package io.reseal.record;

import io.reseal.sector.Cid;
import io.reseal.sector.Piece;
import io.reseal.sector.Randomness;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.util.List;

/**
 * What one source says of one sector. What it does not say is null.
 *
 * @param id which sector
 * @param source which source, as it is named to people and kept: {@code chain}, {@code damocles
 *     FILE}, {@code by hand}; a second word of one source takes the place of its first
 * @param proof the seal proof it was sealed with
 * @param ticket the ticket, 32 bytes as hex
 * @param ticketEpoch epoch the ticket was drawn for; negative on young chains
 * @param seed the seed, 32 bytes as hex
 * @param seedEpoch epoch the seed is drawn at
 * @param proofDue whether the pre-commit has landed and the proof has not
 * @param commD CID of the commitment to the sealed data; of a snapped sector its key's
 * @param commR CID of the commitment to the sealed replica; of a snapped sector its key's
 * @param pieces the pieces that were sealed, in order, with or without fillers; an empty list says
 *     that there were none
 * @param snapped whether the sector was snapped
 * @param snapCommD CID of the commitment to the update's data
 * @param snapCommR CID of the commitment to the updated replica
 * @param snapPieces the update's pieces, in order, with or without fillers
 * @param standing how it stands on chain
 * @param remarks what a person should know of how this was found, a sentence each: which source of
 *     a fact was asked and what it answered where a fact is missing
 * @param recordJson another system's record as it came, or null
 */
public record Findings(
    SectorId id,
    String source,
    SealProof proof,
    String ticket,
    Long ticketEpoch,
    String seed,
    Long seedEpoch,
    Boolean proofDue,
    String commD,
    String commR,
    List<Piece> pieces,
    Boolean snapped,
    String snapCommD,
    String snapCommR,
    List<Piece> snapPieces,
    Standing standing,
    List<String> remarks,
    String recordJson) {

  /** Refuses what cannot be, and writes each value in its one form. */
  public Findings {
    if (id == null || source == null) {
      throw new IllegalArgumentException("Findings need their sector and their source.");
    }
    ticket = ticket == null ? null : new Randomness(ticket, null).value();
    seed = seed == null ? null : new Randomness(seed, null).value();
    commD = commD == null ? null : Cid.unsealed(Cid.ofUnsealed(commD));
    commR = commR == null ? null : Cid.sealed(Cid.ofSealed(commR));
    snapCommD = snapCommD == null ? null : Cid.unsealed(Cid.ofUnsealed(snapCommD));
    snapCommR = snapCommR == null ? null : Cid.sealed(Cid.ofSealed(snapCommR));
    pieces = pieces == null ? null : List.copyOf(pieces);
    snapPieces = snapPieces == null ? null : List.copyOf(snapPieces);
    remarks = remarks == null ? List.of() : List.copyOf(remarks);
  }

  /** The source that a person is. */
  public static final String BY_HAND = "by hand";

  /** The same, with what an earlier word says where this one says nothing. */
  public Findings over(Findings earlier) {
    return new Findings(
        id,
        source,
        proof == null ? earlier.proof : proof,
        ticket == null ? earlier.ticket : ticket,
        // A ticket's epoch belongs to it: another ticket has another one, or none that is known.
        ticket == null && ticketEpoch == null ? earlier.ticketEpoch : ticketEpoch,
        seed == null ? earlier.seed : seed,
        seed == null && seedEpoch == null ? earlier.seedEpoch : seedEpoch,
        proofDue == null ? earlier.proofDue : proofDue,
        commD == null ? earlier.commD : commD,
        commR == null ? earlier.commR : commR,
        pieces == null ? earlier.pieces : pieces,
        snapped == null ? earlier.snapped : snapped,
        snapCommD == null ? earlier.snapCommD : snapCommD,
        snapCommR == null ? earlier.snapCommR : snapCommR,
        snapPieces == null ? earlier.snapPieces : snapPieces,
        standing == null ? earlier.standing : standing,
        remarks.isEmpty() ? earlier.remarks : remarks,
        recordJson == null ? earlier.recordJson : recordJson);
  }

  /**
   * A word on a sector's seed alone.
   *
   * @param seed 32 bytes as hex, or null while only its epoch is known
   */
  public static Findings ofSeed(SectorId id, String source, String seed, long seedEpoch) {
    return new Findings(
        id, source, null, null, null, seed, seedEpoch, null, null, null, null, null, null, null,
        null, null, List.of(), null);
  }

  /** What a record says that nobody else has said anything of: a word of its own source. */
  public static Findings of(SectorRecord record) {
    Snap snap = record.snap();
    return new Findings(
        record.id(),
        record.source(),
        record.proof(),
        record.ticket().value(),
        record.ticket().epoch(),
        record.seed() == null ? null : record.seed().value(),
        record.seedEpoch(),
        record.proofDue(),
        record.commD(),
        record.commR(),
        record.pieces(),
        snap != null,
        snap == null ? null : snap.commD(),
        snap == null ? null : snap.commR(),
        snap == null ? null : snap.pieces(),
        record.standing(),
        List.of(),
        record.recordJson());
  }
}
