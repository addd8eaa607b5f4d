package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.plan.UnsealedWish;
import io.reseal.sector.SealProof;
import io.reseal.sector.SectorId;
import java.time.Duration;

/**
 * Requests a sealing thread.
 *
 * @param sector the sector it is for
 * @param proof its seal proof: its size decides which threads may take it and how much scratch they
 *     need
 * @param preferred the thread whose scratch holds finished steps of this rebuild, or null
 * @param preferredUntil epoch milliseconds until when only the preferred thread's host may take it;
 *     0 if there is none
 * @param hostGrace see {@link Timings#hostGrace()}
 * @param snapped whether the sector was snapped, which needs more scratch
 * @param number the grants of this hold are numbered upwards from here, by attempt; see {@link
 *     ThreadGrant#number()}. Null if an older version asks
 * @param avoid the host that must not take it if another one can, because it may compute wrongly;
 *     or null
 * @param unsealed what the rebuild does about the unsealed copy, for which a store needs room;
 *     null: nothing
 * @param mayRepair whether the rebuild may turn out to make only what is missing beside a sealed
 *     file, or does, so that scratch needs room only for that at first; null means no
 * @param directed whether the rebuild asks the host that has its thread itself once another one
 *     says which it is, so that the attempt ends there; null means that it is repeated until that
 *     host happens to take it
 */
public record HoldRequest(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("proof") SealProof proof,
    @JsonProperty("preferred") ThreadGrant preferred,
    @JsonProperty("preferredUntil") long preferredUntil,
    @JsonProperty("hostGrace") Duration hostGrace,
    @JsonProperty("snapped") boolean snapped,
    @JsonProperty("number") Long number,
    @JsonProperty("avoid") String avoid,
    @JsonProperty("unsealed") UnsealedWish unsealed,
    @JsonProperty("mayRepair") Boolean mayRepair,
    @JsonProperty("directed") Boolean directed) {

  /** For any host, by a rebuild that does nothing about the unsealed copy. */
  public HoldRequest(
      SectorId sector,
      SealProof proof,
      ThreadGrant preferred,
      long preferredUntil,
      Duration hostGrace,
      boolean snapped,
      Long number) {
    this(
        sector,
        proof,
        preferred,
        preferredUntil,
        hostGrace,
        snapped,
        number,
        null,
        null,
        null,
        null);
  }

  /** The same for a rebuild that needs room in scratch for everything. */
  public HoldRequest withAllRoom() {
    return new HoldRequest(
        sector,
        proof,
        preferred,
        preferredUntil,
        hostGrace,
        snapped,
        number,
        avoid,
        unsealed,
        false,
        directed);
  }

  /**
   * The same for the host whose thread the rebuild has, which need not say that it is the one.
   *
   * @param until see {@link #preferredUntil()}
   */
  public HoldRequest atItsHost(ThreadGrant thread, long until, long newNumber) {
    return with(thread, until, newNumber, false);
  }

  /** The same for any host, after its own one did not answer. */
  public HoldRequest anywhere(long newNumber) {
    return with(preferred, preferredUntil, newNumber, true);
  }

  private HoldRequest with(ThreadGrant thread, long until, long newNumber, boolean isDirected) {
    return new HoldRequest(
        sector,
        proof,
        thread,
        until,
        hostGrace,
        snapped,
        newNumber,
        avoid,
        unsealed,
        mayRepair,
        isDirected);
  }

  /** Whether an attempt for which another host has the thread ends and says which one. */
  public boolean isDirected() {
    return Boolean.TRUE.equals(directed);
  }

  /** Whether it needs room in scratch only for files that prove what stays in stores. */
  public boolean onlyRepairs() {
    return Boolean.TRUE.equals(mayRepair);
  }

  /** The number of a grant by that attempt of the hold, or null if its grants have none. */
  public Long numberOf(int attempt) {
    return number == null ? null : Long.valueOf(number + attempt);
  }
}
