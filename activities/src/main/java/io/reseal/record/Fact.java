package io.reseal.record;

import io.reseal.sector.Piece;
import io.reseal.sector.SealProof;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/**
 * One of the facts that can be known of a sector: its names, its form, and how the values of
 * several sources become one. Each constant is the only description of its fact.
 *
 * @param <T> type of its values
 */
public final class Fact<T> {

  private static final List<Fact<?>> DEFINED = new ArrayList<>();

  /** The seal proof it was sealed with. */
  public static final Fact<SealProof> PROOF_TYPE =
      determining("proof-type", "proof", ValueForm.PROOF);

  /** The ticket, 32 bytes as hex. */
  public static final Fact<String> TICKET = determining("ticket", "ticket", ValueForm.RANDOMNESS);

  /** Epoch the ticket was drawn for; negative on young chains. */
  public static final Fact<Long> TICKET_EPOCH = epochOf(TICKET, "ticket-epoch", "ticketEpoch");

  /** The seed, 32 bytes as hex. */
  public static final Fact<String> SEED =
      new Fact<>("seed", "seed", ValueForm.RANDOMNESS, false, null, null);

  /** Epoch the seed is drawn at, which can be known before the seed is. */
  public static final Fact<Long> SEED_EPOCH = epochOf(SEED, "seed-epoch", "seedEpoch");

  /** CID of CommD; of a snapped sector its key's. */
  public static final Fact<String> COMM_D = determining("comm-d", "commD", ValueForm.UNSEALED_CID);

  /** CID of CommR; of a snapped sector its key's. */
  public static final Fact<String> COMM_R = determining("comm-r", "commR", ValueForm.SEALED_CID);

  /** The pieces that were sealed. */
  public static final Fact<List<Piece>> PIECES = determining("pieces", "pieces", ValueForm.PIECES);

  /** Whether the sector was snapped. */
  public static final Fact<Boolean> SNAPPED = determining("snapped", "snapped", ValueForm.FLAG);

  /** CID of CommD of the replica update. */
  public static final Fact<String> SNAP_COMM_D =
      determining("snap-comm-d", "snapCommD", ValueForm.UNSEALED_CID);

  /** CID of CommR of the replica update. */
  public static final Fact<String> SNAP_COMM_R =
      determining("snap-comm-r", "snapCommR", ValueForm.SEALED_CID);

  /** The pieces of the replica update. */
  public static final Fact<List<Piece>> SNAP_PIECES =
      determining("snap-pieces", "snapPieces", ValueForm.PIECES);

  /**
   * Whether the pre-commit has landed and the proof has not. Once one source has seen the proof
   * land it is no longer due, even if others have not seen it yet.
   */
  public static final Fact<Boolean> PROOF_DUE =
      combined("proof-due", "proofDue", ValueForm.FLAG, Boolean::logicalAnd);

  /**
   * Whether the chain counts deals for the sector, or for its update if it was snapped, so that it
   * holds data. False does not show that it is empty: deals may have added nothing to its weight.
   */
  public static final Fact<Boolean> HOLDS_DATA =
      combined("holds-data", "holdsData", ValueForm.FLAG, Boolean::logicalOr);

  /**
   * Whether part of a source's record of the sector could not be read: what that record does not
   * state is then unknown, and not absent.
   */
  public static final Fact<Boolean> PARTLY_READ =
      combined("partly-read", "partlyRead", ValueForm.FLAG, Boolean::logicalOr);

  /** Whether a source counts the sector as removed, terminated or given up. */
  public static final Fact<Boolean> ENDED =
      combined("ended", "ended", ValueForm.FLAG, Boolean::logicalOr);

  /** The sector's status on chain: the newest one counts. */
  public static final Fact<Standing> STANDING =
      combined("standing", "standing", ValueForm.ON_CHAIN, Standing::newer);

  /** Another system's record as imported, so that an export returns all of it. */
  public static final Fact<String> RECORD_JSON =
      combined("record-json", "recordJson", ValueForm.TEXT, (first, second) -> first);

  /** All facts, in the order in which they are shown and stored. */
  public static final List<Fact<?>> ALL = List.copyOf(DEFINED);

  /** Those that sources can contradict each other in, and an operator can decide. */
  public static final List<Fact<?>> DECIDABLE =
      ALL.stream().filter(fact -> fact.combine == null).<Fact<?>>map(fact -> fact).toList();

  private final String name;
  private final String key;
  private final ValueForm<T> form;
  private final boolean determining;
  private final Fact<?> owner;
  private final BinaryOperator<T> combine;

  private Fact(
      String name,
      String key,
      ValueForm<T> form,
      boolean determining,
      Fact<?> owner,
      BinaryOperator<T> combine) {
    this.name = name;
    this.key = key;
    this.form = form;
    this.determining = determining;
    this.owner = owner;
    this.combine = combine;
    DEFINED.add(this);
  }

  /** With another value of this fact it would be a different sector. */
  private static <T> Fact<T> determining(String name, String key, ValueForm<T> form) {
    return new Fact<>(name, key, form, true, null, null);
  }

  /** The epoch of a ticket or seed. */
  private static Fact<Long> epochOf(Fact<?> owner, String name, String key) {
    return new Fact<>(name, key, ValueForm.EPOCH, false, owner, null);
  }

  /** Sources do not contradict each other in this fact: their values are combined. */
  private static <T> Fact<T> combined(
      String name, String key, ValueForm<T> form, BinaryOperator<T> combine) {
    return new Fact<>(name, key, form, false, null, combine);
  }

  /** Finds a decidable fact by its name as people write it. */
  public static Fact<?> ofName(String name) {
    return DECIDABLE.stream()
        .filter(fact -> fact.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'%s' is not a fact of a sector; there are %s."
                        .formatted(
                            name,
                            DECIDABLE.stream().map(Fact::name).collect(Collectors.joining(", ")))));
  }

  /** Its name for people, and in decisions. */
  public String name() {
    return name;
  }

  /** Its name in stored findings. */
  public String key() {
    return key;
  }

  /** The class that a stored value is read as. */
  public Class<?> storedClass() {
    return form.stored();
  }

  /** Whether a sector sealed with another value would be a different sector. */
  public boolean isDetermining() {
    return determining;
  }

  /**
   * The fact that this one describes more closely, e.g. the ticket for the ticket's epoch: a source
   * that gives another ticket does not leave the epoch of the earlier one.
   */
  Optional<Fact<?>> owner() {
    return Optional.ofNullable(owner);
  }

  /** How values are combined; empty if sources must agree or an operator must decide. */
  public Optional<BinaryOperator<T>> combine() {
    return Optional.ofNullable(combine);
  }

  /** The value's one form; refuses what cannot be a value of this fact. */
  T normal(T value) {
    return form.normal().apply(value);
  }

  T cast(Object value) {
    return form.cast().apply(value);
  }

  String text(T value) {
    return form.text().apply(value);
  }

  @Override
  public String toString() {
    return name;
  }
}
