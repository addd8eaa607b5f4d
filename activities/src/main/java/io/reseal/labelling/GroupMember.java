package io.reseal.labelling;

import io.reseal.sector.SectorId;

/**
 * A sector that is labelled now.
 *
 * @param sector which sector
 * @param cpu the CPU that labels it; those of a group share it
 * @param layer the layer being made, from 1; 0 while that is not known
 * @param layers how many it gets; 0 while that is not known
 */
public record GroupMember(SectorId sector, int cpu, int layer, int layers) {}
