package io.reseal.catalog;

import io.reseal.sector.SectorId;

/**
 * A sector as lists show it, without its inputs.
 *
 * @param id which sector
 * @param proof its seal proof's name
 * @param pieces how many pieces are recorded
 * @param commR CID of the commitment to the replica
 * @param rebuild state of its newest rebuild, or null if there was none
 * @param onChain what was seen last of it on chain since it was put back, in one word, or null
 */
public record SectorLine(
    SectorId id, String proof, int pieces, String commR, String rebuild, String onChain) {}
