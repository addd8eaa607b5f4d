package io.reseal.demo;

import io.reseal.record.SectorRecord;

/**
 * A sector that is to be brought back.
 *
 * @param record its inputs and its CommR
 * @param kept its lost files, as far as they are known
 * @param story where it comes from
 */
record LostSector(SectorRecord record, KeptFiles kept, String story) {}
