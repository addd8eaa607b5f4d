package io.reseal.files;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.SectorId;
import java.util.List;

/**
 * Room in a store that a rebuild was promised before it began to seal.
 *
 * @param sector for which sector
 * @param types which types of its files, by their folders; null for all, as older versions reserve
 * @param bytes how many bytes
 * @param files how many files and directories
 * @param rebuild for which rebuild
 * @param at when it asked, in the epoch milliseconds of Temporal's server
 */
public record Reservation(
    @JsonProperty("sector") SectorId sector,
    @JsonProperty("types") List<String> types,
    @JsonProperty("bytes") long bytes,
    @JsonProperty("files") long files,
    @JsonProperty("rebuild") ScratchOrigin.Rebuild rebuild,
    @JsonProperty("at") long at) {

  boolean isFor(FileType type) {
    return types == null || types.contains(type.folder());
  }
}
