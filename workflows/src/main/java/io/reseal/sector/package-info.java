/** What sectors are made of: ids, proof types, sizes, CIDs, pieces, states. */
package io.reseal.sector;
