/** Sectors' records as other systems have them, in files and databases. */
package io.reseal.exchange;
