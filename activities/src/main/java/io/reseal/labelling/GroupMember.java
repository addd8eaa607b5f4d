package io.reseal.labelling;

import io.reseal.sector.SectorId;

/**
 * A sector that is being labelled.
 *
 * @param sector the sector
 * @param cpu the CPU that labels it, shared by the whole group
 * @param layer the layer being made, from 1; 0 while unknown
 * @param layers how many layers it gets; 0 while unknown
 */
public record GroupMember(SectorId sector, int cpu, int layer, int layers) {}
