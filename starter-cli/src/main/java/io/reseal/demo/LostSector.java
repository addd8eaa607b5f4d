package io.reseal.demo;

import io.reseal.record.SectorRecord;

/**
 * A sector that must be rebuilt.
 *
 * @param record its inputs and its CommR
 * @param kept those of its lost files that are known
 * @param story where it comes from
 */
record LostSector(SectorRecord record, KeptFiles kept, String story) {}
