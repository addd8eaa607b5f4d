/** The values that describe sectors: ids, proof types, sizes, CIDs, pieces, states. */
package io.reseal.sector;
