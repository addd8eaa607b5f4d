package io.reseal.catalog;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.contract.CheckLevel;
import io.reseal.sector.SectorId;

/**
 * A copy of a replica or of the unsealed data in a store, as its last checks found it. Times are
 * epoch milliseconds by the clock of who checked.
 *
 * @param storeId the identity of the store that has its file, which hosts may share; host and name
 *     of a store without one
 * @param host the host that checked it last
 * @param store the store's name there; what proves the copy may be in another store
 * @param replica {@code sealed}, {@code update} or {@code unsealed}
 * @param seenAt its last check of any level
 * @param seenBy who checked: a user, {@code scrub}, or {@code rebuild}
 * @param sampledAt its last check of a sample or of every byte, or null
 * @param sampledBy who checked, or null
 * @param readAt its last check of every byte, or null
 * @param readBy who checked, or null
 * @param damage what is wrong with it, or null
 * @param damageLevel the level of the check that found it, or null
 * @param damagedSince when it was first found, or null
 * @param lost whether no file of it was left
 * @param repairAt when a rebuild was last started because of this damage, or null
 */
public record CopyRow(
    @JsonProperty("storeId") String storeId,
    @JsonProperty("host") String host,
    @JsonProperty("store") String store,
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("replica") String replica,
    @JsonProperty("seenAt") long seenAt,
    @JsonProperty("seenBy") String seenBy,
    @JsonProperty("sampledAt") Long sampledAt,
    @JsonProperty("sampledBy") String sampledBy,
    @JsonProperty("readAt") Long readAt,
    @JsonProperty("readBy") String readBy,
    @JsonProperty("damage") String damage,
    @JsonProperty("damageLevel") CheckLevel damageLevel,
    @JsonProperty("damagedSince") Long damagedSince,
    @JsonProperty("lost") boolean lost,
    @JsonProperty("repairAt") Long repairAt) {

  /** The row that one check makes. */
  public static CopyRow checked(
      String storeId,
      String host,
      String store,
      SectorId sector,
      String replica,
      CheckLevel level,
      long at,
      String by,
      String damage) {
    boolean sampled = level.compareTo(CheckLevel.SAMPLE) >= 0;
    boolean read = level == CheckLevel.FULL;
    return new CopyRow(
        storeId,
        host,
        store,
        sector,
        replica,
        at,
        by,
        sampled ? at : null,
        sampled ? by : null,
        read ? at : null,
        read ? by : null,
        damage,
        level,
        damage == null ? null : at,
        false,
        null);
  }

  /** The row of a copy of which no file is left. */
  public static CopyRow lost(
      String storeId,
      String host,
      String store,
      SectorId sector,
      String replica,
      long at,
      String by) {
    return new CopyRow(
        storeId,
        host,
        store,
        sector,
        replica,
        at,
        by,
        null,
        null,
        null,
        null,
        "no file of it is left in this store",
        CheckLevel.SIZES,
        at,
        true,
        null);
  }
}
