package io.reseal.contract;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.reseal.sector.Commitment;
import io.reseal.sector.Piece;
import java.util.List;

/**
 * What determines the files of a snapped sector's update; its key is the sector as it was sealed.
 *
 * @param commD commitment to the update's data, computed from its pieces and equal to the recorded
 *     one
 * @param commR commitment to the updated replica as recorded: what the rebuild must produce
 * @param pieces the update's complete list, fillers included; none for data of zeros
 */
public record SnapFacts(
    @JsonProperty("commD") Commitment commD,
    @JsonProperty("commR") Commitment commR,
    @JsonProperty("pieces") List<Piece> pieces) {}
