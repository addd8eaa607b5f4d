/** Reads and writes sectors' records in other systems' files and databases. */
package io.reseal.exchange;
